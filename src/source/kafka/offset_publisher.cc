#include "source/kafka/offset_publisher.h"

#include "base/log.h"
#include "source/kafka/errors.h"

namespace tallymill::kafka {
namespace {

// A coordinator that moves refuses a few writes; the next commit makes up for them.
constexpr int refusals_worth_a_line = 5;

// Small: nothing is ever fetched.
constexpr std::size_t prefetch_bytes = std::size_t{1} << 20;

SecretSource plain(const char* value) {
  return SecretSource{SecretSource::Literal{Secret(value)}};
}

// The first refusal in an answer, of the whole or of one partition.
rd_kafka_resp_err_t refusal_in(rd_kafka_event_t* event) {
  const auto whole = rd_kafka_event_error(event);
  if (whole != RD_KAFKA_RESP_ERR_NO_ERROR) return whole;
  const auto* partitions = rd_kafka_event_topic_partition_list(event);
  for (int i = 0; partitions != nullptr && i < partitions->cnt; ++i) {
    if (partitions->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) return partitions->elems[i].err;
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
  if (client_) {
    client_->serve(Duration::zero());
    // The source's own client tells of the same troubles.
    (void)client_->events().take();
    client_->refresh_login();
  }
  if (answers_) {
    const EventPtr event(rd_kafka_queue_poll(answers_.get(), 0));
    if (!event) return;
    answers_.reset();
    const auto refusal = refusal_in(event.get());
    if (refusal == RD_KAFKA_RESP_ERR_NO_ERROR) refusals_ = 0;
    else refused(to_error(refusal, rd_kafka_err2str(refusal)));
  }
  if (!waiting_.empty()) send();
}

void OffsetPublisher::send() {
  if (!client_) {
    KafkaSourceOptions options = options_;
    options.prefetch_bytes = prefetch_bytes;
    options.lanes = 1;
    // No group is joined; librdkafka gives a write up after so long without a coordinator, and does
    // not end before that.
    options.kafka.options.insert_or_assign("session.timeout.ms", plain("1000"));
    options.kafka.options.insert_or_assign("heartbeat.interval.ms", plain("300"));
    auto client = Client::open(options);
    if (!client.ok()) {
      waiting_.clear();
      return refused(client.error());
    }
    client_ = std::move(client).value();
  }
  const PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(waiting_.size())));
  for (const auto& [where, position] : waiting_) {
    auto* one = rd_kafka_topic_partition_list_add(
        list.get(), where.topic.c_str(), static_cast<std::int32_t>(where.partition.value()));
    one->offset = static_cast<std::int64_t>(position.first.value());
    if (position.second.value() >= 0) {
      rd_kafka_topic_partition_set_leader_epoch(one, position.second.value());
    }
  }
  waiting_.clear();
  answers_.reset(rd_kafka_queue_new(client_->handle()));
  const auto refusal = rd_kafka_commit_queue(client_->handle(), list.get(), answers_.get(), nullptr,
                                             nullptr);
  if (refusal == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  answers_.reset();
  refused(to_error(refusal, rd_kafka_err2str(refusal)));
}

void OffsetPublisher::refused(const Error& error) {
  if (++refusals_ != refusals_worth_a_line) return;
  log_warn("group offsets for lag tools cannot be published; counting goes on",
           {{"group", options_.source.group_id}, {"error", error.message()}});
}

}  // namespace tallymill::kafka
