#include "pipeline/bisection.h"

#include "support/catch.h"

namespace tallymill {
namespace {

const TopicPartition p0{"t", Partition(0)};
const TopicPartition p1{"t", Partition(1)};

// Reads a log of two partitions as a pipeline does: up to the limits, all records dense.
struct Reader {
  std::map<TopicPartition, Offset> next{{p0, Offset(0)}, {p1, Offset(0)}};
  std::map<TopicPartition, Offset> end{{p0, Offset(60)}, {p1, Offset(7)}};
  Bisection bisection;
  std::set<std::pair<TopicPartition, Offset>> poison;
  int commits = 0;

  [[nodiscard]] Batch read() const {
    Batch batch;
    for (const auto& [where, from] : next) {
      Offset to = end.at(where);
      if (bisection.active()) to = bisection.limit(where, from);
      if (to == from) continue;
      batch.ranges.push_back({where, "id", from, to, std::nullopt, LeaderEpoch(),
                              Anchor{Offset(to.value() - 1), Timestamp(0), 0}});
      batch.counts.read += static_cast<std::int64_t>(to.value() - from.value());
    }
    return batch;
  }
  [[nodiscard]] bool refuses(const Batch& batch) const {
    for (const auto& bad : poison) {
      if (bisection.guilty().contains(bad)) continue;
      for (const BatchRange& range : batch.ranges) {
        if (range.where == bad.first && bad.second >= range.from && bad.second < range.to) return true;
      }
    }
    return false;
  }
  // Returns the records that became dead letters.
  std::set<std::pair<TopicPartition, Offset>> run() {
    std::set<std::pair<TopicPartition, Offset>> all;
    for (int tries = 0; tries < 500; ++tries) {
      const Batch batch = read();
      if (batch.ranges.empty()) return all;
      if (refuses(batch)) {
        bisection.refused(batch, true, "why");
        continue;
      }
      ++commits;
      for (const BatchRange& range : batch.ranges) {
        for (const auto& one : bisection.guilty()) {
          if (one.first == range.where && one.second >= range.from && one.second < range.to) all.insert(one);
        }
        next[range.where] = range.to;
      }
      if (bisection.active()) bisection.accepted();
    }
    FAIL("it turns in circles");
    return all;
  }
};

}  // namespace

TEST_CASE("exactly the guilty records are found, and all others are committed") {
  const std::vector<std::set<std::pair<TopicPartition, Offset>>> cases{
      {},
      {{p0, Offset(0)}},
      {{p0, Offset(59)}},
      {{p1, Offset(6)}},
      {{p0, Offset(17)}, {p0, Offset(18)}, {p1, Offset(0)}},
      {{p1, Offset(0)}, {p1, Offset(1)}, {p1, Offset(2)}, {p1, Offset(3)}},
  };
  for (const auto& poison : cases) {
    Reader reader;
    reader.poison = poison;
    CHECK(reader.run() == poison);
    CHECK(reader.next == reader.end);
    CHECK_FALSE(reader.bisection.active());
  }
}

TEST_CASE("a batch that timed out is halved, but no record is blamed") {
  Reader reader;
  reader.end = {{p0, Offset(1)}, {p1, Offset(0)}};
  reader.bisection.refused(reader.read(), false, "timed out");
  CHECK(reader.bisection.active());
  CHECK(reader.bisection.guilty().empty());
}

TEST_CASE("a guilty record that is refused again is the end") {
  Reader reader;
  reader.end = {{p0, Offset(1)}, {p1, Offset(0)}};
  const Batch batch = reader.read();
  CHECK_FALSE(reader.bisection.exhausted(batch));
  reader.bisection.refused(batch, true, "why");
  CHECK(reader.bisection.exhausted(batch));
}

TEST_CASE("a range that goes backwards holds nothing to put aside") {
  Bisection bisection;
  Batch batch;
  batch.ranges.push_back({p0, "id", Offset(90), Offset(10), std::nullopt, LeaderEpoch(), std::nullopt});
  batch.ranges.push_back({p1, "id", Offset(0), Offset(4), std::nullopt, LeaderEpoch(),
                          Anchor{Offset(3), Timestamp(0), 0}});
  batch.counts.read = 4;
  bisection.refused(batch, true, "why");
  CHECK(bisection.limit(p1, Offset(0)) == Offset(2));
  CHECK(bisection.limit(p0, Offset(90)) == Offset(90));
}

}  // namespace tallymill
