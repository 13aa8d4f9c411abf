#include <algorithm>
#include <string>
#include <vector>

#include "source_reader.h"
#include "support/catch.h"

namespace tallymill {
namespace {

constexpr Duration patience = std::chrono::seconds(10);

std::vector<Offset> offsets(std::initializer_list<int> numbers) {
  std::vector<Offset> all;
  for (const int number : numbers) all.emplace_back(number);
  return all;
}

// The answer, which must be one.
template <class T>
T answer(Result<T> result) {
  INFO((result.ok() ? std::string() : result.error().message()));
  REQUIRE(result.ok());
  return std::move(result).value();
}

}  // namespace

TEST_CASE("describing a topic gives its id, partitions, log starts and ends") {
  MockKafka kafka;
  kafka.create_topic("ads", 3);
  kafka.produce_values("ads", 1, 0, 10);
  kafka.delete_records_below("ads", 1, 4);
  SourceReader reader(kafka);
  const auto topics = answer(reader->describe({"ads"}, patience));
  REQUIRE(topics.size() == 1);
  const TopicInfo& topic = topics.front();
  CHECK(topic.topic == "ads");
  CHECK_FALSE(topic.id.empty());
  REQUIRE(topic.partitions.size() == 3);
  CHECK(topic.partitions[1].partition == Partition(1));
  CHECK(topic.partitions[1].log_start == Offset(4));
  CHECK(topic.partitions[1].end == Offset(10));
  CHECK(topic.partitions[2].end == Offset(0));
}

TEST_CASE("a topic that does not exist has no id and no partitions, and is not made") {
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  SourceReader reader(kafka);
  for (int i = 0; i < 2; ++i) {
    const auto topics = answer(reader->describe({"nothing", "ads"}, patience));
    CHECK(topics[0].topic == "nothing");
    CHECK(topics[0].id.empty());
    CHECK(topics[0].partitions.empty());
    CHECK_FALSE(topics[1].id.empty());
  }
}

TEST_CASE("all topics are listed, those that were made since too, and asking makes none") {
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  SourceReader reader(kafka);
  const auto sorted = [&reader] {
    auto names = answer(reader->list_topics(patience));
    std::sort(names.begin(), names.end());
    return names;
  };
  CHECK(sorted() == std::vector<std::string>{"ads"});
  kafka.create_topic("clicks", 3);
  CHECK(sorted() == std::vector<std::string>{"ads", "clicks"});
  kafka.delete_topic("ads");
  CHECK(sorted() == std::vector<std::string>{"clicks"});
}

TEST_CASE("nothing is described where nothing is asked for") {
  MockKafka kafka;
  SourceReader reader(kafka);
  CHECK(answer(reader->describe({}, patience)).empty());
}

TEST_CASE("a topic made anew has another id") {
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  SourceReader reader(kafka);
  const auto before = answer(reader->topic_ids({"ads"}, patience));
  kafka.delete_topic("ads");
  CHECK(answer(reader->topic_ids({"ads"}, patience)).front().empty());
  kafka.create_topic("ads", 1);
  const auto after = answer(reader->topic_ids({"ads"}, patience));
  CHECK_FALSE(after.front().empty());
  CHECK(after.front() != before.front());
}

TEST_CASE("a start is resolved to a number for each partition") {
  MockKafka kafka;
  kafka.create_topic("ads", 2);
  kafka.produce_values("ads", 0, 0, 10);
  kafka.delete_records_below("ads", 0, 3);
  SourceReader reader(kafka);
  const auto topics = answer(reader->describe({"ads"}, patience));
  const auto resolve = [&](StartPosition start) {
    return answer(reader->resolve(topics.front(), start, patience));
  };
  CHECK(resolve({StartPosition::Kind::earliest, {}}) == offsets({3, 0}));
  CHECK(resolve({StartPosition::Kind::latest, {}}) == offsets({10, 0}));
}

TEST_CASE("the cluster's refusal to describe is passed on with its reaction") {
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  SourceReader reader(kafka);
  kafka.set_topic_error("ads", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  const auto described = reader->describe({"ads"}, patience);
  REQUIRE_FALSE(described.ok());
  CHECK(described.error().reaction() == Reaction::stop);
  CHECK(described.error().message().find("topic ads") != std::string::npos);
}

TEST_CASE("known ends follow the log while nobody reads") {
  MockKafka kafka;
  kafka.create_topic("ads", 2);
  kafka.produce_values("ads", 0, 0, 7);
  SourceReader reader(kafka);
  CHECK(reader->known_ends().empty());
  reader.assign(1, "ads", {2, 0});
  const auto ends_are = [&](int first, int second) {
    return [&reader, first, second] {
      const auto ends = reader->known_ends();
      return ends.size() == 2 && ends[0] == Offset(first) && ends[1] == Offset(second);
    };
  };
  REQUIRE(reader.read_until(ends_are(7, 0)));
  kafka.produce_values("ads", 1, 0, 3);
  CHECK(reader.read_until(ends_are(7, 3)));
}

TEST_CASE("no group is joined, and offsets are published for it all the same") {
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  kafka.produce_values("ads", 0, 0, 5);
  kafka.track_requests();
  SourceReader reader(kafka);
  reader.assign(1, "ads", {0});
  REQUIRE(reader.read_to(0, 5));
  reader->publish({{{"ads", Partition(0)}, "", Offset(5), LeaderEpoch(), std::nullopt}});
  REQUIRE(reader.read_until([&] { return kafka.requests(api::offset_commit) > 0; }));
  CHECK(kafka.requests(api::join_group) == 0);
  CHECK(kafka.requests(api::sync_group) == 0);
  CHECK(kafka.requests(api::heartbeat) == 0);
  CHECK(kafka.requests(api::offset_fetch) == 0);
}

TEST_CASE("a coordinator that refuses stops neither reading nor a new assignment") {
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  kafka.produce_values("ads", 0, 0, 5);
  kafka.fail(api::find_coordinator, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, 1000);
  SourceReader reader(kafka);
  reader.assign(1, "ads", {0});
  REQUIRE(reader.read_to(0, 5));
  for (int i = 0; i < 20; ++i) {
    reader->publish({{{"ads", Partition(0)}, "", Offset(5), LeaderEpoch(), std::nullopt}});
    reader.step();
  }
  reader.reached.clear();
  reader.assign(2, "ads", {0});
  REQUIRE(reader.read_to(0, 5));
  CHECK(reader.rows.size() == 10);
  CHECK(reader.events.empty());
}

TEST_CASE("a coordinator that comes and goes while offsets are published ends nothing") {
  MockKafka kafka;
  kafka.create_topic("ads", 1);
  SourceReader reader(kafka);
  reader.assign(1, "ads", {0});
  const std::vector<Checkpoint> checkpoints{
      {{"ads", Partition(0)}, "", Offset(5), LeaderEpoch(), std::nullopt}};
  for (int i = 0; i < 5; ++i) {
    kafka.fail(api::find_coordinator, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, 2);
    kafka.fail(api::offset_commit, RD_KAFKA_RESP_ERR_NOT_COORDINATOR, 1);
    for (int j = 0; j < 5; ++j) {
      reader->publish(checkpoints);
      reader.step();
    }
  }
  kafka.track_requests();
  CHECK(reader.read_until([&] {
    reader->publish(checkpoints);
    return kafka.requests(api::offset_commit) > 0;
  }));
  CHECK(reader.events.empty());
}

}  // namespace tallymill
