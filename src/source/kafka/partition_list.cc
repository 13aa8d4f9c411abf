#include "source/kafka/partition_list.h"

#include "base/seeded_bug.h"
#include "source/kafka/errors.h"

namespace tallymill::kafka {

PartitionList to_list(const std::vector<AssignedPartition>& partitions) {
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const AssignedPartition& partition : partitions) {
    auto* one = rd_kafka_topic_partition_list_add(
        list.get(), partition.where.topic.c_str(),
        static_cast<std::int32_t>(partition.where.partition.value()));
    one->offset = static_cast<std::int64_t>(partition.next_offset.value());
    if (seeded(Bug::group_offsets_decide) && one->offset > 0) one->offset = RD_KAFKA_OFFSET_STORED;
    if (partition.leader_epoch.value() >= 0) {
      rd_kafka_topic_partition_set_leader_epoch(one, partition.leader_epoch.value());
    }
  }
  return list;
}

Result<void> assign(rd_kafka_t* handle, const rd_kafka_topic_partition_list_t* list) {
  const auto error = rd_kafka_assign(handle, list);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return to_error(error, "").within("assigning partitions");
}

}  // namespace tallymill::kafka
