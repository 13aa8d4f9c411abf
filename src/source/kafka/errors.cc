#include "source/kafka/errors.h"

namespace tallymill::kafka {
namespace {

// Refusals and misconfigurations: the same call will fail until somebody changes something.
bool needs_a_person(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
    case RD_KAFKA_RESP_ERR__INVALID_ARG:
    case RD_KAFKA_RESP_ERR__FATAL: return true;
    default: return false;
  }
}

}  // namespace

Error to_error(rd_kafka_resp_err_t code, std::string_view words) {
  const Reaction reaction = needs_a_person(code) ? Reaction::stop : Reaction::retry;
  std::string message = words.empty() ? std::string(rd_kafka_err2str(code)) : std::string(words);
  return {reaction, rd_kafka_err2name(code), std::move(message)};
}

SourceEvent::Kind classify_partition_error(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE: return SourceEvent::Kind::out_of_range;
    case RD_KAFKA_RESP_ERR__LOG_TRUNCATION: return SourceEvent::Kind::truncated;
    // A batch that cannot be read: going on would skip it.
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
    case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE: return SourceEvent::Kind::failed;
    default:
      return needs_a_person(code) ? SourceEvent::Kind::failed : SourceEvent::Kind::unavailable;
  }
}

}  // namespace tallymill::kafka
