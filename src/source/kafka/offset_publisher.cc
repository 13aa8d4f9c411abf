#include "source/kafka/offset_publisher.h"

#include <array>
#include <utility>

#include "source/kafka/admin_options.h"
#include "source/kafka/errors.h"

namespace tallymill::kafka {
namespace {

constexpr Duration longest_answer = std::chrono::seconds(10);

// The first refusal in an answer, of the whole or of one partition.
rd_kafka_resp_err_t refusal_in(rd_kafka_event_t* event) {
  const auto whole = rd_kafka_event_error(event);
  if (whole != RD_KAFKA_RESP_ERR_NO_ERROR) return whole;
  std::size_t count = 0;
  const auto** groups = rd_kafka_AlterConsumerGroupOffsets_result_groups(
      rd_kafka_event_AlterConsumerGroupOffsets_result(event), &count);
  for (std::size_t i = 0; i < count; ++i) {
    if (const auto* error = rd_kafka_group_result_error(groups[i])) {
      return rd_kafka_error_code(error);
    }
    const auto* partitions = rd_kafka_group_result_partitions(groups[i]);
    for (int j = 0; partitions != nullptr && j < partitions->cnt; ++j) {
      if (partitions->elems[j].err != RD_KAFKA_RESP_ERR_NO_ERROR) return partitions->elems[j].err;
    }
  }
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

}  // namespace

void OffsetPublisher::publish(const std::vector<Checkpoint>& checkpoints) {
  for (const Checkpoint& checkpoint : checkpoints) {
    waiting_[checkpoint.where] = {checkpoint.next_offset, checkpoint.leader_epoch};
  }
  serve();
}

void OffsetPublisher::serve() {
  if (answers_) {
    const EventPtr event(rd_kafka_queue_poll(answers_.get(), 0));
    if (!event) return;
    answers_.reset();
    const auto refusal = refusal_in(event.get());
    if (refusal != RD_KAFKA_RESP_ERR_NO_ERROR) client_->warn_of_group(to_error(refusal, ""));
  }
  if (!waiting_.empty()) send();
}

void OffsetPublisher::send() {
  const PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(waiting_.size())));
  for (const auto& [where, position] : std::exchange(waiting_, {})) {
    auto* one = rd_kafka_topic_partition_list_add(
        list.get(), where.topic.c_str(), static_cast<std::int32_t>(where.partition.value()));
    one->offset = static_cast<std::int64_t>(position.first.value());
    if (position.second.value() >= 0) {
      rd_kafka_topic_partition_set_leader_epoch(one, position.second.value());
    }
  }
  auto options = make_admin_options(client_->handle(),
                                    RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS, longest_answer);
  if (!options.ok()) return client_->warn_of_group(options.error());
  const GroupOffsets offsets(rd_kafka_AlterConsumerGroupOffsets_new(group_.c_str(), list.get()));
  std::array<rd_kafka_AlterConsumerGroupOffsets_t*, 1> all{offsets.get()};
  answers_.reset(rd_kafka_queue_new(client_->handle()));
  rd_kafka_AlterConsumerGroupOffsets(client_->handle(), all.data(), all.size(), options->get(),
                                     answers_.get());
}

}  // namespace tallymill::kafka
