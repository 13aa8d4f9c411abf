#pragma once

#include <cstddef>

namespace tallymill::kafka {

// librdkafka's bounds on what it fetches ahead, in its own units.
struct FetchLimits {
  std::size_t queued_kilobytes = 0;  // queued.max.messages.kbytes: of each lane's queue
  std::size_t queued_messages = 0;   // queued.min.messages: of each lane's queue; a maximum in fact
  std::size_t answer_bytes = 0;      // fetch.max.bytes: of one broker's answer
  std::size_t partition_bytes = 0;   // fetch.message.max.bytes: of one partition in it
};

// Divides `prefetch_bytes` so that what waits in `lanes` queues, with what librdkafka keeps beside
// each message, and the answers under way stay within it, however many partitions there are: the
// bounds are held against the queue that a partition's is forwarded to, and one answer covers all
// partitions of a broker. A record that is larger than all bounds still comes through, because a
// broker always sends at least one batch.
[[nodiscard]] FetchLimits limit_fetching(std::size_t prefetch_bytes, std::size_t lanes);

}  // namespace tallymill::kafka
