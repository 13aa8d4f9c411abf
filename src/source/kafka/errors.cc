#include "source/kafka/errors.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <system_error>
#include <utility>

#include "source/kafka/error_names.h"

namespace tallymill::kafka {
namespace {

// Refusals and misconfigurations: the same call will fail until somebody changes something.
constexpr std::array refusals{
    RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
    RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION,
    RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE,
    RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE,
    RD_KAFKA_RESP_ERR__INVALID_ARG,
    RD_KAFKA_RESP_ERR__FATAL,
};

bool needs_a_person(rd_kafka_resp_err_t code) {
  return std::find(refusals.begin(), refusals.end(), code) != refusals.end();
}

// librdkafka's own codes, below zero, that pass by themselves.
bool passes_by_itself(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR__WAIT_COORD:
    case RD_KAFKA_RESP_ERR__WAIT_CACHE:
    case RD_KAFKA_RESP_ERR__RETRY:
    case RD_KAFKA_RESP_ERR__INTR: return true;
    default: return false;
  }
}

}  // namespace

std::vector<std::string> refusal_names() {
  std::vector<std::string> names;
  for (const rd_kafka_resp_err_t code : refusals) names.emplace_back(rd_kafka_err2name(code));
  return names;
}

std::optional<ErrorMeaning> meaning_of(std::string_view name) {
  const rd_kafka_err_desc* descriptions = nullptr;
  std::size_t count = 0;
  rd_kafka_get_err_descs(&descriptions, &count);
  for (std::size_t i = 0; i < count; ++i) {
    const rd_kafka_err_desc& one = descriptions[i];
    if (one.name == nullptr || one.desc == nullptr || name != one.name) continue;
    return ErrorMeaning{one.desc, needs_a_person(one.code)};
  }
  return std::nullopt;
}

Error to_error(rd_kafka_resp_err_t code, std::string_view words) {
  const Reaction reaction = needs_a_person(code) ? Reaction::stop : Reaction::retry;
  std::string message(words.empty() ? std::string_view(rd_kafka_err2str(code)) : words);
  // Read includes Describe; a topic that matches a pattern may be described and not read.
  if (code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) message += "; grant the daemon's user Read on the topic";
  return {reaction, rd_kafka_err2name(code), std::move(message)};
}

SourceEvent::Kind classify_partition_error(rd_kafka_resp_err_t code, std::string_view words) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__LOG_TRUNCATION: return SourceEvent::Kind::truncated;
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE: return SourceEvent::Kind::out_of_range;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
      // Whatever made the position unusable, the code is this one; only the words name the cause.
      return words.find(rd_kafka_err2str(RD_KAFKA_RESP_ERR__LOG_TRUNCATION)) ==
                     std::string_view::npos
                 ? SourceEvent::Kind::out_of_range
                 : SourceEvent::Kind::truncated;
    // A batch that cannot be read. librdkafka goes on behind it, which would skip it.
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
    case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE: return SourceEvent::Kind::failed;
    default: break;
  }
  if (needs_a_person(code)) return SourceEvent::Kind::failed;
  // A broker's error (above zero, or -1, unknown) is retried and skips nothing. One of the library's
  // own is taken for a record that could not be read, unless it is known to pass.
  const bool from_broker = code > 0 || code == RD_KAFKA_RESP_ERR_UNKNOWN;
  return from_broker || passes_by_itself(code) ? SourceEvent::Kind::unavailable
                                               : SourceEvent::Kind::failed;
}

std::optional<Offset> truncation_point(std::string_view words) {
  constexpr std::string_view before = "broker end offset is ";
  const std::size_t at = words.find(before);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view digits = words.substr(at + before.size());
  std::int64_t offset = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), offset);
  if (read.ec != std::errc() || offset < 0) return std::nullopt;
  return Offset(offset);
}

bool is_about_group(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS:
    case RD_KAFKA_RESP_ERR_NOT_COORDINATOR:
    case RD_KAFKA_RESP_ERR_INVALID_GROUP_ID:
    case RD_KAFKA_RESP_ERR__WAIT_COORD: return true;
    default: return false;
  }
}

}  // namespace tallymill::kafka
