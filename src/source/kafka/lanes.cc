#include "source/kafka/lanes.h"

#include <algorithm>
#include <string_view>

namespace tallymill::kafka {

Lanes::Lanes(rd_kafka_t* handle, const Assignment& assignment) : assignment_(assignment) {
  for (std::size_t lane = 0; lane < assignment.lanes; ++lane) {
    queues_.emplace_back(rd_kafka_queue_new(handle));
  }
  for (std::size_t i = 0; i < assignment.partitions.size(); ++i) {
    const AssignedPartition& partition = assignment.partitions[i];
    const auto number = static_cast<std::size_t>(partition.where.partition.value());
    auto topic = std::find_if(topics_.begin(), topics_.end(), [&](const Topic& one) {
      return one.name == partition.where.topic;
    });
    if (topic == topics_.end()) topic = topics_.insert(topics_.end(), {partition.where.topic, {}});
    if (topic->index.size() <= number) topic->index.resize(number + 1, assignment.partitions.size());
    topic->index[number] = i;
    const Queue own(rd_kafka_queue_get_partition(handle, partition.where.topic.c_str(),
                                                 static_cast<std::int32_t>(number)));
    rd_kafka_queue_forward(own.get(), queues_[partition.lane].get());
  }
}

std::size_t Lanes::index_of(const rd_kafka_message_t& message) const {
  const std::string_view name =
      message.rkt == nullptr ? std::string_view() : rd_kafka_topic_name(message.rkt);
  for (const Topic& topic : topics_) {
    if (topic.name != name) continue;
    const auto number = static_cast<std::size_t>(message.partition);
    return number < topic.index.size() ? topic.index[number] : assignment_.partitions.size();
  }
  return assignment_.partitions.size();
}

}  // namespace tallymill::kafka
