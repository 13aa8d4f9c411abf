#include <future>

#include "source_reader.h"
#include "support/catch.h"

namespace tallymill {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("a partition is delivered in order from the assigned offset") {
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  kafka.produce_values("ads", 0, 0, 10);
  SourceReader reader(kafka);
  reader.assign(1, "ads", {4});
  REQUIRE(reader.read_rows(6));
  CHECK(reader.values() == std::vector<std::string>{"4", "5", "6", "7", "8", "9"});
  CHECK(reader.rows.front().offset == Offset(4));
  CHECK(reader.rows.front().epoch == 1);
  CHECK(reader.events.empty());
}

TEST_CASE("the end of a partition is reported as a position that was reached") {
  MockKafka kafka;
  kafka.create_topic("ads", 2);
  kafka.produce_values("ads", 0, 0, 3);
  SourceReader reader(kafka);
  reader.assign(1, "ads", {0, 0});
  REQUIRE(reader.read_to(0, 3));
  REQUIRE(reader.read_until([&] { return reader.reached.count(1) == 1; }));
  CHECK(reader.rows.size() == 3);
  CHECK(reader.reached[1] == Offset(0));
  kafka.produce_values("ads", 0, 3, 2);
  CHECK(reader.read_to(0, 5));
}

TEST_CASE("records name their partition by its index in the assignment") {
  MockKafka kafka;
  kafka.create_topic("ads", 3);
  kafka.create_topic("clicks", 1);
  kafka.produce_values("ads", 2, 7, 1);
  kafka.produce_values("clicks", 0, 8, 1);
  SourceReader reader(kafka);
  const Assignment assignment{AssignmentEpoch(1),
                              {{{"clicks", Partition(0)}, Offset(0), LeaderEpoch(), 0},
                               {{"ads", Partition(2)}, Offset(0), LeaderEpoch(), 0}},
                              1};
  REQUIRE(reader->assign(assignment).ok());
  REQUIRE(reader.read_rows(2));
  for (const SourceReader::Row& row : reader.rows) {
    CHECK(row.value == (row.source_partition == 0 ? "8" : "7"));
  }
}

TEST_CASE("each lane delivers its own partitions only") {
  MockKafka kafka;
  kafka.create_topic("ads", 2);
  kafka.produce_values("ads", 0, 0, 5);
  kafka.produce_values("ads", 1, 100, 5);
  auto options = options_for(kafka);
  options.lanes = 2;
  SourceReader reader(options);
  const Assignment assignment{AssignmentEpoch(1),
                              {{{"ads", Partition(0)}, Offset(0), LeaderEpoch(), 1},
                               {{"ads", Partition(1)}, Offset(0), LeaderEpoch(), 0}},
                              2};
  REQUIRE(reader->assign(assignment).ok());
  REQUIRE(reader.read_rows(5));
  CHECK(reader.values() == std::vector<std::string>{"100", "101", "102", "103", "104"});
  std::size_t from_lane_one = 0;
  while (from_lane_one < 5) {
    Chunk chunk;
    reader->fetch(1, 100, seconds(10), chunk);
    for (const Record& record : chunk.records) CHECK(record.source_partition == 0);
    from_lane_one += chunk.records.size();
  }
}

TEST_CASE("a new assignment goes back, and older messages carry the older epoch") {
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  kafka.produce_values("ads", 0, 0, 50);
  SourceReader reader(kafka);
  reader.assign(1, "ads", {0});
  Chunk held;
  while (held.records.empty()) reader->fetch(0, 10, seconds(10), held);
  reader.assign(2, "ads", {5});
  CHECK(held.epoch == AssignmentEpoch(1));
  CHECK(*held.records.front().value == "0");
  REQUIRE(reader.read_to(0, 50));
  CHECK(reader.rows.size() == 45);
  for (std::size_t i = 0; i < reader.rows.size(); ++i) {
    CHECK(reader.rows[i].offset == Offset(static_cast<int>(i) + 5));
    CHECK(reader.rows[i].epoch == 2);
  }
}

TEST_CASE("reassigning a hundred times never doubles or loses a record") {
  MockKafka kafka;
  kafka.create_topic("ads", 3);
  for (int partition = 0; partition < 3; ++partition) kafka.produce_values("ads", partition, 0, 40);
  SourceReader reader(kafka);
  std::vector<int> next{0, 0, 0};
  for (std::uint64_t epoch = 1; epoch <= 100; ++epoch) {
    reader.assign(epoch, "ads", next, epoch % 2 == 0 ? 0 : -1);
    reader.rows.clear();
    reader.reached.clear();
    if (epoch < 100) {
      reader.step();
    } else {
      REQUIRE(reader.read_until([&] { return reader.reached.size() == 3; }));
    }
    for (const SourceReader::Row& row : reader.rows) {
      CHECK(row.epoch == epoch);
      CHECK(row.offset == Offset(next[row.source_partition]++));
    }
  }
  CHECK(next == std::vector<int>{40, 40, 40});
  CHECK(reader.events.empty());
}

TEST_CASE("without an assignment nothing is delivered") {
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  kafka.produce_values("ads", 0, 0, 5);
  SourceReader reader(kafka);
  reader.assign(1, "ads", {0});
  REQUIRE(reader.read_rows(5));
  reader.assign(2, "ads", {});
  kafka.produce_values("ads", 0, 5, 5);
  Chunk chunk;
  reader->fetch(0, 100, milliseconds(50), chunk);
  CHECK(chunk.empty());
  CHECK(chunk.epoch == AssignmentEpoch(2));
}

TEST_CASE("waking a lane ends its wait") {
  MockKafka kafka;
  SourceReader reader(kafka);
  auto waiting = std::async(std::launch::async, [&] {
    Chunk chunk;
    reader->fetch(0, 10, seconds(60), chunk);
    return chunk.empty();
  });
  reader->wake(0);
  REQUIRE(waiting.wait_for(seconds(10)) == std::future_status::ready);
  CHECK(waiting.get());
}

TEST_CASE("a new assignment ends the wait of whoever fetches") {
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  SourceReader reader(kafka);
  auto waiting = std::async(std::launch::async, [&] {
    Chunk chunk;
    do {
      reader->fetch(0, 10, seconds(60), chunk);
    } while (chunk.epoch != AssignmentEpoch(1));
  });
  reader.assign(1, "ads", {0});
  CHECK(waiting.wait_for(seconds(10)) == std::future_status::ready);
}

TEST_CASE("a chunk may outlive its source") {
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  kafka.produce_values("ads", 0, 0, 10);
  Chunk held;
  {
    SourceReader reader(kafka);
    reader.assign(1, "ads", {0});
    while (held.records.empty()) reader->fetch(0, 10, seconds(10), held);
  }
  CHECK(*held.records.front().value == "0");
  held.holder.reset();
}

TEST_CASE("a source whose brokers never were there is destroyed at once") {
  auto options = [] {
    const MockKafka gone;
    return options_for(gone);
  }();
  SourceReader reader(options);
  reader.assign(1, "ads", {0});
  reader.step();
}

TEST_CASE("a record of the greatest size comes through the smallest prefetch") {
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  kafka.produce("ads", 0, {std::string(900000, 'x'), {}, {}, 0});
  kafka.produce_values("ads", 0, 1, 1);
  auto options = options_for(kafka);
  options.prefetch_bytes = 1;
  SourceReader reader(options);
  reader.assign(1, "ads", {0});
  REQUIRE(reader.read_rows(2));
  CHECK(reader.rows[0].value->size() == 900000);
}

TEST_CASE("a lane that nobody drains stops fetching at its bound") {
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  for (int i = 0; i < 40; ++i) kafka.produce("ads", 0, {std::string(100000, 'x'), {}, {}, 0});
  auto options = options_for(kafka);
  options.prefetch_bytes = std::size_t{1} << 20;
  SourceReader reader(options);
  reader.assign(1, "ads", {0});
  REQUIRE(reader.read_rows(1));
  std::size_t most = 0;
  for (int i = 0; i < 100; ++i) {
    (void)reader->poll_events(milliseconds(5));
    most = std::max(most, reader->prefetched_bytes());
  }
  CHECK(most > 0);
  CHECK(most < std::size_t{2} << 20);
  REQUIRE(reader.read_rows(40));
}

}  // namespace tallymill
