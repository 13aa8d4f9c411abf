#include "model/batch.h"

#include "support/catch.h"

namespace tallymill {
namespace {

BatchCounts balanced() {
  BatchCounts counts;
  counts.read = 10;
  counts.used = 7;
  counts.skipped = 1;
  counts.rejected = 2;
  counts.unusable = 2;
  counts.aggregations = {{7, 0, 0}, {3, 3, 1}};
  return counts;
}

TEST_CASE("counts balance when every record read went somewhere, in every aggregation") {
  CHECK_FALSE(BatchCounts().imbalance());
  CHECK_FALSE(balanced().imbalance());
}

TEST_CASE("a record too many or too few anywhere is an imbalance that says where") {
  BatchCounts counts = balanced();
  ++counts.read;
  CHECK(counts.imbalance() == "read 11 is not used 7 + skipped 1 + rejected 2");
  counts = balanced();
  --counts.skipped;
  CHECK(counts.imbalance() == "read 10 is not used 7 + skipped 0 + rejected 2");
  counts = balanced();
  ++counts.rejected;
  CHECK(counts.imbalance() == "read 10 is not used 7 + skipped 1 + rejected 3");
  counts = balanced();
  ++counts.aggregations[1].late;
  CHECK(counts.imbalance() == "aggregation 2: used 7 is not folded 3 + filtered 3 + late 2");
  counts = balanced();
  --counts.aggregations[0].folded;
  CHECK(counts.imbalance() == "aggregation 1: used 7 is not folded 6 + filtered 0 + late 0");
  counts = balanced();
  counts.aggregations[1].filtered -= 3;
  CHECK(counts.imbalance() == "aggregation 2: used 7 is not folded 3 + filtered 0 + late 1");
}

TEST_CASE("counts of several workers add up, also where one has not seen an aggregation yet") {
  BatchCounts sum;
  sum.add(balanced());
  sum.add(BatchCounts());
  sum.add(balanced());
  CHECK_FALSE(sum.imbalance());
  CHECK(sum.read == 20);
  CHECK(sum.used == 14);
  CHECK(sum.skipped == 2);
  CHECK(sum.rejected == 4);
  CHECK(sum.unusable == 4);
  REQUIRE(sum.aggregations.size() == 2);
  CHECK(sum.aggregations[0].folded == 14);
  CHECK(sum.aggregations[1].folded == 6);
  CHECK(sum.aggregations[1].filtered == 6);
  CHECK(sum.aggregations[1].late == 2);
}

TEST_CASE("a batch that only moves a checkpoint did nothing, any other did") {
  Batch batch;
  batch.ranges.resize(1);
  CHECK_FALSE(batch.did_something());
  batch.counts.read = 1;
  CHECK(batch.did_something());
  batch = {};
  batch.dead_letters.resize(1);
  CHECK(batch.did_something());
  batch = {};
  batch.gaps.resize(1);
  CHECK(batch.did_something());
}

TEST_CASE("anchors of one record are equal, of two they differ") {
  const Anchor anchor{Offset(7), Timestamp(1), 5};
  CHECK(anchor == Anchor{Offset(7), Timestamp(1), 5});
  CHECK_FALSE(anchor == Anchor{Offset(8), Timestamp(1), 5});
  CHECK_FALSE(anchor == Anchor{Offset(7), Timestamp(2), 5});
  CHECK_FALSE(anchor == Anchor{Offset(7), Timestamp(1), 6});
}

}  // namespace
}  // namespace tallymill
