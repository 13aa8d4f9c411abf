#include "source_reader.h"
#include "support/catch.h"

namespace tallymill {
namespace {

using Kind = SourceEvent::Kind;

// Long enough for anything that is still under way to show.
void read_on(SourceReader& reader, int steps = 60) {
  for (int i = 0; i < steps; ++i) reader.step();
}

}  // namespace

TEST_CASE("an offset that is gone is one event and nothing is skipped") {
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  kafka.produce_values("ads", 0, 0, 20);
  kafka.delete_records_below("ads", 0, 10);
  SourceReader reader(kafka);
  reader.assign(1, "ads", {4});
  REQUIRE(reader.read_events(1));
  read_on(reader);
  REQUIRE(reader.events.size() == 1);
  const SourceEvent& event = reader.events.front();
  CHECK(event.kind == Kind::out_of_range);
  CHECK(event.epoch == AssignmentEpoch(1));
  CHECK(event.where == TopicPartition{"ads", Partition(0)});
  CHECK(event.offset == Offset(4));
  CHECK(event.error.message().find("reading ads/0 offset 4") == 0);
  CHECK(reader.rows.empty());
  CHECK(reader.reached.empty());
}

TEST_CASE("one out-of-range answer in the middle stops the partition and spares the others") {
  MockKafka kafka;
  kafka.create_topic("ads", 2);
  kafka.produce_values("ads", 0, 0, 5);
  SourceReader reader(kafka);
  reader.assign(1, "ads", {0, 0});
  REQUIRE(reader.read_to(0, 5));
  kafka.fail_partition("ads", 0, api::fetch, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, 1);
  REQUIRE(reader.read_events(1));
  kafka.produce_values("ads", 0, 5, 5);
  kafka.produce_values("ads", 1, 0, 5);
  REQUIRE(reader.read_to(1, 5));
  read_on(reader);
  CHECK(reader.rows.size() == 10);
  CHECK(reader.events.size() == 1);
  CHECK(reader.events.front().kind == Kind::out_of_range);
  SECTION("a new assignment reads on from where it was") {
    reader.assign(2, "ads", {5, 5});
    REQUIRE(reader.read_to(0, 10));
    CHECK(reader.rows.size() == 15);
    CHECK(reader.rows.back().offset == Offset(9));
  }
}

// The broker refuses the fetch, and the leader the epoch's end. librdkafka asks for both at once and tells
// which comes first: either has the pipeline hold its checkpoint against the log.
TEST_CASE("a log that ends below the checkpoint is one event at the assignment") {
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  kafka.produce_values("ads", 0, 0, 10);
  SourceReader reader(kafka);
  SECTION("at the first one") { reader.assign(1, "ads", {50}, 0); }
  SECTION("at a later one, when librdkafka knows the leader already") {
    reader.assign(1, "ads", {0}, 0);
    REQUIRE(reader.read_to(0, 10));
    reader.assign(2, "ads", {50}, 0);
  }
  const std::size_t before = reader.rows.size();
  REQUIRE(reader.read_events(1));
  read_on(reader);
  REQUIRE(reader.events.size() == 1);
  const SourceEvent& event = reader.events.front();
  CHECK(event.where == TopicPartition{"ads", Partition(0)});
  REQUIRE((event.kind == Kind::truncated || event.kind == Kind::out_of_range));
  CHECK(event.offset == Offset(event.kind == Kind::truncated ? 10 : 50));
  CHECK(reader.rows.size() == before);
}

TEST_CASE("a log that was cut below the checkpoint, and has grown past it since, is noticed at the assignment") {
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  kafka.produce_values("ads", 0, 0, 10);
  kafka.elect("ads", 0);
  kafka.produce_values("ads", 0, 10, 90);
  SourceReader reader(kafka);
  SECTION("at the first one") { reader.assign(1, "ads", {50}, 0); }
  SECTION("at a later one, when librdkafka knows the leader already") {
    reader.assign(1, "ads", {0});
    REQUIRE(reader.read_to(0, 100));
    reader.assign(2, "ads", {50}, 0);
  }
  const std::size_t before = reader.rows.size();
  REQUIRE(reader.read_events(1));
  read_on(reader);
  REQUIRE(reader.events.size() == 1);
  CHECK(reader.events.front().kind == Kind::truncated);
  CHECK(reader.events.front().where == TopicPartition{"ads", Partition(0)});
  CHECK(reader.events.front().offset == Offset(10));
  CHECK(reader.rows.size() == before);
}

TEST_CASE("each assignment asks the leader whether the log still holds the position") {
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  kafka.produce_values("ads", 0, 0, 10);
  kafka.track_requests();
  SourceReader reader(kafka);
  reader.assign(1, "ads", {3}, 0);
  REQUIRE(reader.read_to(0, 10));
  const int first = kafka.requests(api::offset_for_leader_epoch);
  CHECK(first > 0);
  reader.reached.clear();
  reader.assign(2, "ads", {3}, 0);
  REQUIRE(reader.read_to(0, 10));
  CHECK(kafka.requests(api::offset_for_leader_epoch) > first);
  CHECK(reader.rows.size() == 14);
}

TEST_CASE("retriable answers to a fetch delay records and lose none") {
  const auto error = GENERATE(
      RD_KAFKA_RESP_ERR_NOT_LEADER_OR_FOLLOWER, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
      RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_ID, RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH,
      RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH, RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE,
      RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, RD_KAFKA_RESP_ERR_UNKNOWN);
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  kafka.produce_values("ads", 0, 0, 5);
  SourceReader reader(kafka);
  reader.assign(1, "ads", {0});
  REQUIRE(reader.read_to(0, 5));
  kafka.fail_partition("ads", 0, api::fetch, error, 2);
  kafka.produce_values("ads", 0, 5, 5);
  REQUIRE(reader.read_rows(10));
  CHECK(reader.rows.back().offset == Offset(9));
  for (const SourceEvent& event : reader.events) {
    CHECK((event.kind == Kind::unavailable || event.kind == Kind::available));
  }
}

TEST_CASE("a topic that may not be read is a failure that names it") {
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  SourceReader reader(kafka);
  kafka.fail_partition("ads", 0, api::fetch, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, 3);
  reader.assign(1, "ads", {0});
  REQUIRE(reader.read_events(1));
  CHECK(reader.events.front().kind == Kind::failed);
  CHECK(reader.events.front().error.reaction() == Reaction::stop);
  CHECK(reader.events.front().where == TopicPartition{"ads", Partition(0)});
}

TEST_CASE("nothing is delivered behind a batch that cannot be read") {
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  kafka.produce_values("ads", 0, 0, 5);
  SourceReader reader(kafka);
  reader.assign(1, "ads", {0});
  REQUIRE(reader.read_to(0, 5));
  kafka.fail_partition("ads", 0, api::fetch, RD_KAFKA_RESP_ERR_INVALID_MSG, 1);
  REQUIRE(reader.read_events(1));
  kafka.produce_values("ads", 0, 5, 5);
  read_on(reader);
  CHECK(reader.rows.size() == 5);
  CHECK(reader.reached[0] == Offset(5));
  REQUIRE(reader.events.size() == 1);
  CHECK(reader.events.front().kind == Kind::failed);
  CHECK(reader.events.front().offset == Offset(5));
}

TEST_CASE("an outage is one event when it starts and one when it ends") {
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  kafka.produce_values("ads", 0, 0, 5);
  SourceReader reader(kafka);
  reader.assign(1, "ads", {0});
  REQUIRE(reader.read_to(0, 5));
  kafka.set_down(1);
  REQUIRE(reader.read_events(1));
  read_on(reader);
  REQUIRE(reader.events.size() == 1);
  CHECK(reader.events.front().kind == Kind::unavailable);
  CHECK_FALSE(reader.events.front().where.has_value());
  CHECK(reader.events.front().error.reaction() == Reaction::retry);
  kafka.set_up(1);
  REQUIRE(reader.read_events(2));
  CHECK(reader.events.back().kind == Kind::available);
  kafka.produce_values("ads", 0, 5, 5);
  REQUIRE(reader.read_rows(10));
  CHECK(reader.rows.back().offset == Offset(9));
}

TEST_CASE("brokers that are not there when the source opens are an outage, not an error") {
  auto options = [] {
    const MockKafka gone;
    return options_for(gone);
  }();
  SourceReader reader(options);
  REQUIRE(reader.read_events(1));
  CHECK(reader.events.front().kind == Kind::unavailable);
  const auto described = reader->describe({"ads"}, std::chrono::milliseconds(200));
  REQUIRE_FALSE(described.ok());
  CHECK(described.error().reaction() == Reaction::retry);
}

}  // namespace tallymill
