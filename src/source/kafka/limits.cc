#include "source/kafka/limits.h"

#include <algorithm>

namespace tallymill::kafka {
namespace {

// What librdkafka allocates for a message beside its bytes, with the allocator's own share.
constexpr std::size_t bytes_beside_message = 512;

constexpr std::size_t kibibyte = 1024;
constexpr std::size_t mebibyte = 1024 * kibibyte;

}  // namespace

FetchLimits limit_fetching(std::size_t prefetch_bytes, std::size_t lanes) {
  FetchLimits limits;
  // An answer counts several times: brokers answer at the same moment, into queues that were not
  // yet full, and it may be compressed. A sixteenth leaves room for that.
  limits.answer_bytes = std::clamp(prefetch_bytes / 16, 256 * kibibyte, 16 * mebibyte);
  limits.partition_bytes = std::clamp(limits.answer_bytes / 2, 128 * kibibyte, mebibyte);
  // Half of a lane's share is for the bytes of messages, half for what lies beside them, so that
  // neither small nor large records exceed it.
  const std::size_t share = prefetch_bytes / 8 * 5 / std::max<std::size_t>(lanes, 1);
  limits.queued_kilobytes = std::max<std::size_t>(share / 2 / 1000, 64);
  limits.queued_messages = std::max<std::size_t>(share / 2 / bytes_beside_message, 100);
  return limits;
}

}  // namespace tallymill::kafka
