#include "pipeline/watchdog.h"

namespace tallymill {

std::vector<TopicPartition> Watchdog::look(const std::vector<PartitionProgress>& partitions,
                                           const std::map<TopicPartition, Offset>& ends, bool held,
                                           SteadyTime now) {
  std::vector<TopicPartition> stalled;
  for (const PartitionProgress& partition : partitions) {
    const auto [seen, first] = seen_.try_emplace(partition.where, Seen{partition.next, now});
    const auto end = ends.find(partition.where);
    const bool behind = end != ends.end() && end->second > partition.next;
    if (first || held || !behind || partition.at_limit() || seen->second.next != partition.next) {
      seen->second = {partition.next, now};
      continue;
    }
    if (now - seen->second.moved_at < patience_) continue;
    stalled.push_back(partition.where);
    seen->second.moved_at = now;
  }
  return stalled;
}

}  // namespace tallymill
