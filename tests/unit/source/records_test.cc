#include "source_reader.h"
#include "support/catch.h"

namespace tallymill {
namespace {

Chunk fetch_one(MockKafka& kafka, SourceReader& reader, const MockKafka::Message& message) {
  kafka.create_topic("ads", 1);
  kafka.produce("ads", 0, message);
  reader.assign(1, "ads", {0});
  Chunk chunk;
  while (chunk.records.empty()) reader->fetch(0, 1, std::chrono::seconds(10), chunk);
  return chunk;
}

}  // namespace

TEST_CASE("a record carries its key, value and timestamp") {
  MockKafka kafka;
  SourceReader reader(kafka);
  const Chunk chunk = fetch_one(kafka, reader, {"value", "key", {}, 1700000000123});
  const Record& record = chunk.records.front();
  CHECK(record.value == "value");
  CHECK(record.key == "key");
  CHECK(record.timestamp == Timestamp(1700000000123000));
  CHECK(record.source_partition == 0);
}

TEST_CASE("a tombstone has no value and an empty value is one") {
  MockKafka kafka;
  SourceReader reader(kafka);
  SECTION("tombstone") {
    const Chunk chunk = fetch_one(kafka, reader, {std::nullopt, "key", {}, 0});
    CHECK_FALSE(chunk.records.front().value.has_value());
  }
  SECTION("empty") {
    const Chunk chunk = fetch_one(kafka, reader, {"", std::nullopt, {}, 0});
    CHECK(chunk.records.front().value == "");
    CHECK_FALSE(chunk.records.front().key.has_value());
  }
}

TEST_CASE("headers come in their order, repeated and null ones too") {
  MockKafka kafka;
  SourceReader reader(kafka);
  const Chunk chunk =
      fetch_one(kafka, reader, {"v", {}, {{"a", "1"}, {"b", std::nullopt}, {"a", ""}}, 0});
  const Record& record = chunk.records.front();
  std::vector<Header> headers;
  record.headers->read(record.native, headers);
  REQUIRE(headers.size() == 3);
  CHECK(headers[0].name == "a");
  CHECK(headers[0].value == "1");
  CHECK(headers[1].name == "b");
  CHECK_FALSE(headers[1].value.has_value());
  CHECK(headers[2].name == "a");
  CHECK(headers[2].value == "");
}

TEST_CASE("a record without headers has none") {
  MockKafka kafka;
  SourceReader reader(kafka);
  const Chunk chunk = fetch_one(kafka, reader, {"v", {}, {}, 0});
  std::vector<Header> headers;
  chunk.records.front().headers->read(chunk.records.front().native, headers);
  CHECK(headers.empty());
}

}  // namespace tallymill
