#include "source/kafka/errors.h"

#include "support/catch.h"

namespace tallymill {

using Kind = SourceEvent::Kind;

TEST_CASE("whatever librdkafka would go on behind stops the partition") {
  for (const auto code :
       {RD_KAFKA_RESP_ERR__BAD_MSG, RD_KAFKA_RESP_ERR__BAD_COMPRESSION,
        RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED, RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE,
        RD_KAFKA_RESP_ERR_INVALID_MSG, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
        RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE}) {
    CHECK(kafka::classify_partition_error(code, "") == Kind::failed);
  }
}

TEST_CASE("an error that the library does not know to pass counts as unreadable") {
  CHECK(kafka::classify_partition_error(RD_KAFKA_RESP_ERR__UNDERFLOW, "") == Kind::failed);
}

TEST_CASE("what passes by itself is no failure") {
  for (const auto code :
       {RD_KAFKA_RESP_ERR_UNKNOWN, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
        RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
        RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR}) {
    CHECK(kafka::classify_partition_error(code, "") == Kind::unavailable);
    CHECK(kafka::to_error(code, "").reaction() == Reaction::retry);
  }
}

TEST_CASE("truncation is told from a missing offset by its words") {
  const std::string cut = std::string("Partition log truncation detected: ") +
                          rd_kafka_err2str(RD_KAFKA_RESP_ERR__LOG_TRUNCATION);
  CHECK(kafka::classify_partition_error(RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, cut) ==
        Kind::truncated);
  CHECK(kafka::classify_partition_error(RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, "gone") ==
        Kind::out_of_range);
}

TEST_CASE("an error carries the library's name for it and some words") {
  const Error error = kafka::to_error(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, "");
  CHECK(error.code() == "TOPIC_AUTHORIZATION_FAILED");
  CHECK(error.message().find("; grant the daemon's user Read on the topic") > 0);
  CHECK(error.reaction() == Reaction::stop);
}

TEST_CASE("the words of a truncation say where the log was cut") {
  CHECK(kafka::truncation_point("Partition log truncation detected at offset 99 (leader epoch 5): "
                                "broker end offset is 80 (offset leader epoch 5). Reset") ==
        Offset(80));
  CHECK(kafka::truncation_point("No epoch found: broker end offset is -1") == std::nullopt);
  CHECK(kafka::truncation_point("") == std::nullopt);
}

}  // namespace tallymill
