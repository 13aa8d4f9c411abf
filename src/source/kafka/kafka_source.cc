#include "source/kafka/kafka_source.h"

#include <algorithm>
#include <utility>

#include "source/kafka/admin.h"
#include "source/kafka/client.h"
#include "source/kafka/end_offsets.h"
#include "source/kafka/errors.h"
#include "source/kafka/lanes.h"
#include "source/kafka/list_topics.h"
#include "source/kafka/messages.h"
#include "source/kafka/offset_publisher.h"
#include "source/kafka/partition_list.h"

namespace tallymill {

using kafka::Client;
using kafka::Lanes;
using kafka::OffsetQuestion;
using kafka::OffsetsRequest;
using kafka::PartitionList;

Result<std::unique_ptr<Source>> KafkaSource::open(const KafkaSourceOptions& options) {
  TRY_ASSIGN(std::shared_ptr<Client> client, Client::open(options));
  return std::unique_ptr<Source>(new KafkaSource(std::move(client), options));
}

KafkaSource::KafkaSource(std::shared_ptr<Client> client, const KafkaSourceOptions& options)
    : isolation_(options.source.isolation), clock_(*options.clock), client_(std::move(client)) {
  Assignment nothing;
  nothing.lanes = options.lanes;
  lanes_ = std::make_shared<Lanes>(client_, std::move(nothing));
  ends_ = std::make_unique<kafka::EndOffsets>(client_, isolation_, clock_);
  ends_->follow(lanes_);
  publisher_ = std::make_unique<kafka::OffsetPublisher>(options);
}

KafkaSource::~KafkaSource() { rd_kafka_assign(client_->handle(), nullptr); }

Result<std::vector<TopicInfo>> KafkaSource::describe(const std::vector<std::string>& topics,
                                                     Duration timeout) {
  const SteadyTime deadline = clock_.steady_now() + timeout;
  client_->refresh_login();
  TRY(client_->reach(timeout));
  TRY_ASSIGN(std::vector<TopicInfo> infos,
             kafka::describe_topics(client_->handle(), topics, deadline - clock_.steady_now()));
  std::vector<OffsetQuestion> questions;
  for (const TopicInfo& info : infos) {
    for (const PartitionInfo& partition : info.partitions) {
      questions.push_back({{info.topic, partition.partition}, RD_KAFKA_OFFSET_SPEC_EARLIEST});
    }
  }
  if (questions.empty()) return infos;
  TRY_ASSIGN(OffsetsRequest ask_starts,
             OffsetsRequest::send(client_->handle(), questions, isolation_,
                                  deadline - clock_.steady_now()));
  for (OffsetQuestion& question : questions) question.spec = RD_KAFKA_OFFSET_SPEC_LATEST;
  TRY_ASSIGN(OffsetsRequest ask_ends,
             OffsetsRequest::send(client_->handle(), questions, isolation_,
                                  deadline - clock_.steady_now()));
  TRY_ASSIGN(const auto starts, receive_all(ask_starts, deadline - clock_.steady_now()));
  TRY_ASSIGN(const auto ends, receive_all(ask_ends, deadline - clock_.steady_now()));
  std::size_t at = 0;
  for (TopicInfo& info : infos) {
    for (PartitionInfo& partition : info.partitions) {
      partition.log_start = Offset(starts[at].offset);
      partition.end = Offset(ends[at].offset);
      partition.leader_epoch = ends[at].leader_epoch;
      ++at;
    }
  }
  client_->events().works();
  return infos;
}

Result<std::vector<std::string>> KafkaSource::list_topics(Duration timeout) {
  const SteadyTime deadline = clock_.steady_now() + timeout;
  client_->refresh_login();
  TRY(client_->reach(timeout));
  TRY_ASSIGN(auto names, kafka::list_topics(client_->handle(), deadline - clock_.steady_now()));
  client_->events().works();
  return names;
}

Result<std::vector<TopicId>> KafkaSource::topic_ids(const std::vector<std::string>& topics,
                                                    Duration timeout) {
  client_->refresh_login();
  TRY(client_->reach(timeout));
  TRY_ASSIGN(const auto infos, kafka::describe_topics(client_->handle(), topics, timeout));
  std::vector<TopicId> ids;
  for (const TopicInfo& info : infos) ids.push_back(info.id);
  client_->events().works();
  return ids;
}

Result<std::vector<Offset>> KafkaSource::resolve(const TopicInfo& topic, StartPosition start,
                                                 Duration timeout) {
  client_->refresh_login();
  std::int64_t spec = RD_KAFKA_OFFSET_SPEC_EARLIEST;
  if (start.kind == StartPosition::Kind::latest) spec = RD_KAFKA_OFFSET_SPEC_LATEST;
  if (start.kind == StartPosition::Kind::timestamp) {
    // Rounded up: a record of the millisecond before is older than what was asked for.
    spec = std::max<std::int64_t>(0, (start.timestamp.microseconds() + 999) / 1000);
  }
  std::vector<OffsetQuestion> questions;
  for (const PartitionInfo& partition : topic.partitions) {
    questions.push_back({{topic.topic, partition.partition}, spec});
  }
  std::vector<Offset> offsets;
  if (questions.empty()) return offsets;
  TRY_ASSIGN(OffsetsRequest request,
             OffsetsRequest::send(client_->handle(), questions, isolation_, timeout));
  TRY_ASSIGN(const auto answers, receive_all(request, timeout));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    // No record is as young as the timestamp: whatever comes next is.
    offsets.push_back(answers[i].offset < 0 ? topic.partitions[i].end
                                            : Offset(answers[i].offset));
  }
  return offsets;
}

Result<void> KafkaSource::assign(const Assignment& assignment) {
  // Stopping a partition also undoes the forwarding of its queue, later, on librdkafka's main
  // thread. The second, empty assignment comes back only after that has happened.
  for (int i = 0; i < 2; ++i) TRY(kafka::assign(client_->handle(), nullptr));
  client_->events().forget_partitions();
  auto fresh = std::make_shared<Lanes>(client_, assignment);
  ends_->follow(fresh);
  const auto old = [&] {
    const std::lock_guard lock(mutex_);
    return std::exchange(lanes_, std::move(fresh));
  }();
  for (std::size_t lane = 0; lane < old->count(); ++lane) old->wake(lane);
  if (assignment.partitions.empty()) return {};
  return start(assignment);
}

// Only a seek makes librdkafka ask the broker whether the log still holds this position under this
// leader epoch; what an assignment starts with is taken on trust. The seek comes after the start in
// the same queue, and what was fetched in between is thrown away.
Result<void> KafkaSource::start(const Assignment& assignment) {
  const PartitionList all = kafka::to_list(assignment.partitions);
  TRY(kafka::assign(client_->handle(), all.get()));
  std::vector<AssignedPartition> validated;
  for (const AssignedPartition& partition : assignment.partitions) {
    if (partition.leader_epoch.value() >= 0 && partition.next_offset > Offset(0)) {
      validated.push_back(partition);
    }
  }
  if (validated.empty()) return {};
  const PartitionList list = kafka::to_list(validated);
  const kafka::KafkaError refused(rd_kafka_seek_partitions(client_->handle(), list.get(), 0));
  if (!refused) return {};
  return kafka::to_error(rd_kafka_error_code(refused.get()), rd_kafka_error_string(refused.get()))
      .within("seeking to the checkpoint");
}

void KafkaSource::fetch(std::size_t lane, std::size_t max_records, Duration wait, Chunk& chunk) {
  chunk.records.clear();
  chunk.reached.clear();
  chunk.holder.reset();
  const std::shared_ptr<Lanes> current = lanes();
  CHECK(lane < current->count(), "a lane is fetched that no assignment has");
  chunk.epoch = current->epoch();
  auto messages = std::make_unique<kafka::Messages>(client_);
  messages->take(current->queue(lane), max_records, wait);
  if (messages->empty()) return;
  messages->sort_into(chunk, lane, *current);
  chunk.holder = std::move(messages);
}

void KafkaSource::wake(std::size_t lane) {
  const auto current = lanes();
  if (lane < current->count()) current->wake(lane);
}

std::vector<SourceEvent> KafkaSource::poll_events(Duration wait) {
  publisher_->serve();
  ends_->serve();
  client_->serve(wait);
  return client_->events().take();
}

std::vector<std::optional<Offset>> KafkaSource::known_ends() { return ends_->ends(); }

void KafkaSource::publish(const std::vector<Checkpoint>& checkpoints) {
  publisher_->publish(checkpoints);
}

std::size_t KafkaSource::prefetched_bytes() { return lanes()->queued_bytes(); }

std::shared_ptr<Lanes> KafkaSource::lanes() const {
  const std::lock_guard lock(mutex_);
  return lanes_;
}

}  // namespace tallymill
