// The last records of a topic.

#include "pipeline/tail.h"

#include <set>

#include "support/fake_source.h"
#include "support/passing_clock.h"
#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

namespace {

TopicInfo topic(std::vector<std::pair<int, int>> ranges) {
  TopicInfo info{"events", "id", {}};
  for (const auto& [start, end] : ranges) {
    const auto number = static_cast<std::int64_t>(info.partitions.size());
    info.partitions.push_back({Partition(number), Offset(start), Offset(end), LeaderEpoch()});
  }
  return info;
}

// "0: 5-8"
std::vector<std::string> tail(const TopicInfo& info, std::int64_t count) {
  std::vector<std::string> shown;
  for (const TailRange& range : tail_of({info}, count)) {
    shown.push_back(std::to_string(range.where.partition.value()) + ": " + range.from.str() + "-" +
                    range.to.str());
  }
  return shown;
}

struct Bench {
  Bench() {
    cluster.create("events", 2);
    for (int i = 0; i < 10; ++i) cluster.append("events", 0, event("a"));
    cluster.append_hole("events", 0);
    for (int i = 0; i < 4; ++i) cluster.append("events", 1, event("b"));
  }
  std::vector<TailRange> ranges(std::int64_t count) {
    return tail_of(*source.describe({"events"}, 1s), count);
  }
  Result<void> read(std::int64_t count, std::size_t most = 1000) {
    const auto asked = ranges(count);
    return read_tail(source, asked, clock, 5s, [&](std::span<const Record> records) {
      for (const Record& record : records) {
        read_records.push_back(asked[record.source_partition].where.str() + " " + record.offset.str());
      }
      return read_records.size() < most;
    });
  }

  FakeCluster cluster;
  FakeSource source{cluster};
  PassingClock clock;
  std::vector<std::string> read_records;
};

}  // namespace

TEST_CASE("the last records are shared out evenly; what one partition lacks, others give") {
  using Shown = std::vector<std::string>;
  CHECK(tail(topic({{0, 100}, {0, 100}}), 10) == Shown{"0: 95-100", "1: 95-100"});
  CHECK(tail(topic({{0, 2}, {50, 100}, {0, 100}}), 12) == Shown{"0: 0-2", "1: 95-100", "2: 95-100"});
  CHECK(tail(topic({{7, 7}, {0, 3}}), 1000) == Shown{"1: 0-3"});
  CHECK(tail(topic({{0, 9}, {0, 9}, {0, 9}}), 2).size() == 2);
  CHECK(tail(topic({{5, 5}}), 10).empty());
  CHECK(tail(topic({}), 10).empty());
}

TEST_CASE("the tail is read to its end, holes included, and no further") {
  Bench bench;
  REQUIRE(bench.read(4).ok());
  CHECK(std::set(bench.read_records.begin(), bench.read_records.end()) ==
        std::set<std::string>{"events/0 9", "events/1 2", "events/1 3"});
  bench.read_records.clear();
  REQUIRE(bench.read(1000).ok());
  CHECK(bench.read_records.size() == 14);
}

TEST_CASE("reading ends when nobody wants more") {
  Bench bench;
  bench.source.records_per_fetch = 2;
  REQUIRE(bench.read(1000, 2).ok());
  CHECK(bench.read_records.size() <= 4);
}

TEST_CASE("a source that falls silent is waited for, and no longer than that") {
  Bench bench;
  const auto asked = bench.ranges(1000);
  bench.cluster.down = true;
  const auto read = read_tail(bench.source, asked, bench.clock, 5s,
                              [](std::span<const Record>) { return true; });
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().code() == "source_away");
}

}  // namespace tallymill::testing
