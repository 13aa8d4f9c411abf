#pragma once

// Questions to the cluster: what a topic is and where its partitions start and end. Blocking, each
// with a deadline; thread-safe, because every question has a queue of its own.

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "config/spec.h"
#include "source/kafka/handles.h"
#include "source/source.h"

namespace tallymill::kafka {

// Ids and partitions; log starts and ends are left at zero.
[[nodiscard]] Result<std::vector<TopicInfo>> describe_topics(
    rd_kafka_t* handle, const std::vector<std::string>& topics, Duration timeout);

// What to ask of each partition: RD_KAFKA_OFFSET_SPEC_EARLIEST, _LATEST, or milliseconds.
struct OffsetQuestion {
  std::string topic;
  Partition partition;
  std::int64_t spec = 0;
};

struct OffsetAnswer {
  std::int64_t offset = -1;  // -1: no record is that young.
  LeaderEpoch leader_epoch;
};

// One answer per question, in their order.
[[nodiscard]] Result<std::vector<OffsetAnswer>> list_offsets(
    rd_kafka_t* handle, const std::vector<OffsetQuestion>& questions, Isolation isolation,
    Duration timeout);

}  // namespace tallymill::kafka
