#include "source/kafka/lanes.h"

#include <string_view>
#include <utility>

namespace tallymill::kafka {
namespace {

// Until records were seen.
constexpr std::size_t assumed_record_bytes = 1024;
constexpr std::size_t bytes_beside_record = 512;

}  // namespace

Lanes::Lanes(std::shared_ptr<Client> client, Assignment assignment)
    : client_(std::move(client)),
      assignment_(std::move(assignment)),
      progress_(assignment_.partitions.size()) {
  for (std::size_t lane = 0; lane < assignment_.lanes; ++lane) {
    lanes_.push_back({Queue(rd_kafka_queue_new(client_->handle())),
                      std::make_unique<std::atomic<std::size_t>>(assumed_record_bytes)});
  }
  for (std::size_t i = 0; i < assignment_.partitions.size(); ++i) {
    const AssignedPartition& partition = assignment_.partitions[i];
    const auto number = static_cast<std::size_t>(partition.where.partition.value());
    std::vector<std::size_t>& indexes = topics_[partition.where.topic];
    if (indexes.size() <= number) indexes.resize(number + 1, assignment_.partitions.size());
    indexes[number] = i;
    const Queue own(rd_kafka_queue_get_partition(client_->handle(),
                                                 partition.where.topic.c_str(),
                                                 static_cast<std::int32_t>(number)));
    rd_kafka_queue_forward(own.get(), queue(partition.lane));
  }
}

std::size_t Lanes::index_of(const rd_kafka_message_t& message) const {
  if (message.rkt == nullptr || message.partition < 0) return partitions().size();
  const auto topic = topics_.find(std::string_view(rd_kafka_topic_name(message.rkt)));
  const auto number = static_cast<std::size_t>(message.partition);
  if (topic == topics_.end() || number >= topic->second.size()) return partitions().size();
  return topic->second[number];
}

void Lanes::passed(std::size_t partition, Offset next) {
  auto& known = progress_[partition].next;
  const auto value = static_cast<std::int64_t>(next.value());
  if (value > known.load(std::memory_order_relaxed)) known.store(value, std::memory_order_relaxed);
}

Offset Lanes::position(std::size_t partition) const {
  return Offset(progress_[partition].next.load(std::memory_order_relaxed));
}

void Lanes::weigh(std::size_t lane, std::size_t records, std::size_t bytes) {
  if (records == 0) return;
  auto& typical = *lanes_[lane].record_bytes;
  const std::size_t before = typical.load(std::memory_order_relaxed);
  const std::size_t seen = bytes / records + bytes_beside_record;
  typical.store((7 * before + seen) / 8, std::memory_order_relaxed);
}

std::size_t Lanes::queued_bytes() const {
  std::size_t bytes = 0;
  for (const Lane& lane : lanes_) {
    bytes += rd_kafka_queue_length(lane.queue.get()) *
             lane.record_bytes->load(std::memory_order_relaxed);
  }
  return bytes;
}

}  // namespace tallymill::kafka
