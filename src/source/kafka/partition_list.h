#pragma once

#include <vector>

#include "base/error.h"
#include "source/kafka/handles.h"
#include "source/source.h"

namespace tallymill::kafka {

// With each partition's position and, where known, its leader epoch.
[[nodiscard]] PartitionList to_list(const std::vector<AssignedPartition>& partitions);

// Replaces the consumer's assignment; null: by nothing. Returns when librdkafka's main thread has
// taken it up, not when fetching has started or ended.
[[nodiscard]] Result<void> assign(rd_kafka_t* handle, const rd_kafka_topic_partition_list_t* list);

}  // namespace tallymill::kafka
