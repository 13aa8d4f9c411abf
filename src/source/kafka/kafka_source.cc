#include "source/kafka/kafka_source.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <utility>

#include "base/log.h"
#include "source/kafka/admin.h"
#include "source/kafka/errors.h"
#include "source/kafka/lanes.h"
#include "source/kafka/messages.h"

namespace tallymill {
namespace {

using kafka::Conf;
using kafka::Handle;
using kafka::Lanes;
using kafka::PartitionList;

int milliseconds(Duration duration) {
  return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

class KafkaSource final : public Source {
 public:
  explicit KafkaSource(Isolation isolation) : isolation_(isolation) {}
  ~KafkaSource() override {
    if (!handle_) return;
    rd_kafka_assign(handle_.get(), nullptr);
    lanes_.reset();  // Queues go before the handle.
    rd_kafka_destroy_flags(handle_.release(), RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  }
  KafkaSource(const KafkaSource&) = delete;
  KafkaSource& operator=(const KafkaSource&) = delete;

  Result<void> open(const KafkaSourceOptions& options) {
    TRY(kafka::check_library_version());
    TRY_ASSIGN(Conf conf, kafka::make_conf({options.kafka, options.source, options.secrets,
                                            options.prefetch_bytes, options.lanes}));
    rd_kafka_conf_set_opaque(conf.get(), this);
    rd_kafka_conf_set_error_cb(conf.get(), &on_error);
    rd_kafka_conf_set_log_cb(conf.get(), &on_log);
    rd_kafka_conf_set_offset_commit_cb(conf.get(), &on_published);
    std::array<char, 512> why{};
    handle_.reset(rd_kafka_new(RD_KAFKA_CONSUMER, conf.get(), why.data(), why.size()));
    if (!handle_) {
      return Error(Reaction::stop, "kafka_settings",
                   std::string("starting the Kafka client: ") + why.data());
    }
    conf.release();  // NOLINT: owned by the handle now.
    rd_kafka_poll_set_consumer(handle_.get());
    return {};
  }

  Result<std::vector<TopicInfo>> describe(const std::vector<std::string>& topics,
                                          Duration timeout) override {
    TRY_ASSIGN(std::vector<TopicInfo> infos,
               kafka::describe_topics(handle_.get(), topics, timeout));
    std::vector<kafka::OffsetQuestion> questions;
    for (const TopicInfo& info : infos) {
      for (const PartitionInfo& partition : info.partitions) {
        questions.push_back({info.topic, partition.partition, RD_KAFKA_OFFSET_SPEC_EARLIEST});
      }
    }
    TRY_ASSIGN(const auto starts,
               kafka::list_offsets(handle_.get(), questions, isolation_, timeout));
    for (kafka::OffsetQuestion& question : questions) question.spec = RD_KAFKA_OFFSET_SPEC_LATEST;
    TRY_ASSIGN(const auto ends, kafka::list_offsets(handle_.get(), questions, isolation_, timeout));
    std::size_t at = 0;
    for (TopicInfo& info : infos) {
      for (PartitionInfo& partition : info.partitions) {
        partition.log_start = Offset(starts[at].offset);
        partition.end = Offset(ends[at].offset);
        partition.leader_epoch = ends[at].leader_epoch;
        ++at;
      }
    }
    return infos;
  }

  Result<std::vector<TopicId>> topic_ids(const std::vector<std::string>& topics,
                                         Duration timeout) override {
    TRY_ASSIGN(const auto infos, kafka::describe_topics(handle_.get(), topics, timeout));
    std::vector<TopicId> ids;
    for (const TopicInfo& info : infos) ids.push_back(info.id);
    return ids;
  }

  Result<std::vector<Offset>> resolve(const TopicInfo& topic, StartPosition start,
                                      Duration timeout) override {
    std::vector<kafka::OffsetQuestion> questions;
    for (const PartitionInfo& partition : topic.partitions) {
      std::int64_t spec = RD_KAFKA_OFFSET_SPEC_EARLIEST;
      if (start.kind == StartPosition::Kind::latest) spec = RD_KAFKA_OFFSET_SPEC_LATEST;
      if (start.kind == StartPosition::Kind::timestamp) {
        spec = std::max<std::int64_t>(0, start.timestamp.microseconds() / 1000);
      }
      questions.push_back({topic.topic, partition.partition, spec});
    }
    TRY_ASSIGN(const auto answers,
               kafka::list_offsets(handle_.get(), questions, isolation_, timeout));
    std::vector<Offset> offsets;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      // No record is as young as the timestamp: what comes next is.
      offsets.push_back(answers[i].offset < 0 ? topic.partitions[i].end
                                              : Offset(answers[i].offset));
    }
    return offsets;
  }

  Result<void> assign(const Assignment& assignment) override {
    // Stopping a partition also undoes the forwarding of its queue, later, on librdkafka's main
    // thread. The second, empty assignment comes back only after that has happened.
    for (int i = 0; i < 2; ++i) TRY(assign_list(nullptr));
    auto lanes = std::make_shared<const Lanes>(handle_.get(), assignment);
    {
      const std::lock_guard lock(mutex_);
      lanes_ = lanes;
    }
    const PartitionList list(
        rd_kafka_topic_partition_list_new(static_cast<int>(assignment.partitions.size())));
    for (const AssignedPartition& partition : assignment.partitions) {
      auto* one = rd_kafka_topic_partition_list_add(
          list.get(), partition.where.topic.c_str(),
          static_cast<std::int32_t>(partition.where.partition.value()));
      one->offset = static_cast<std::int64_t>(partition.next_offset.value());
      if (partition.leader_epoch.value() >= 0) {
        rd_kafka_topic_partition_set_leader_epoch(one, partition.leader_epoch.value());
      }
    }
    if (assignment.partitions.empty()) return {};
    return assign_list(list.get());
  }

  void fetch(std::size_t lane, std::size_t max_records, Duration wait, Chunk& chunk) override {
    const std::shared_ptr<const Lanes> lanes = current();
    if (!lanes || lane >= lanes->count()) return;
    chunk.epoch = lanes->epoch();
    auto messages = std::make_unique<kafka::Messages>(lanes);
    // A batch call alone would wait for the batch to be full; so the first message is waited for
    // alone and the rest is what is there.
    rd_kafka_message_t* first = rd_kafka_consume_queue(lanes->queue(lane), milliseconds(wait));
    if (first == nullptr) return;
    messages->take(first);
    messages->take_available(lanes->queue(lane), max_records - 1);
    std::vector<SourceEvent> events;
    messages->sort_into(chunk, events);
    if (!chunk.records.empty() && down_.exchange(false)) {
      events.push_back({SourceEvent::Kind::available, chunk.epoch, {}, {}, Error(Reaction::retry, "")});
    }
    for (SourceEvent& event : events) add_event(std::move(event));
    chunk.holder = std::move(messages);
  }

  void wake(std::size_t lane) override {
    const auto lanes = current();
    if (lanes && lane < lanes->count()) rd_kafka_queue_yield(lanes->queue(lane));
  }

  std::vector<SourceEvent> poll_events(Duration wait) override {
    // Serves callbacks; what it returns is an error of the client as a whole.
    while (rd_kafka_message_t* message =
               rd_kafka_consumer_poll(handle_.get(), milliseconds(wait))) {
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        const char* words = rd_kafka_message_errstr(message);
        went_down(kafka::to_error(message->err, words == nullptr ? "" : words));
      }
      rd_kafka_message_destroy(message);
      wait = Duration::zero();
    }
    const std::lock_guard lock(mutex_);
    return std::exchange(events_, {});
  }

  std::vector<std::optional<Offset>> known_ends() override {
    std::vector<std::optional<Offset>> ends;
    const auto lanes = current();
    if (!lanes) return ends;
    for (const AssignedPartition& partition : lanes->assignment().partitions) {
      std::int64_t low = -1;
      std::int64_t high = -1;
      const auto error = rd_kafka_get_watermark_offsets(
          handle_.get(), partition.where.topic.c_str(),
          static_cast<std::int32_t>(partition.where.partition.value()), &low, &high);
      ends.emplace_back();
      if (error == RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0) ends.back() = Offset(high);
    }
    return ends;
  }

  void publish(const std::vector<Checkpoint>& checkpoints) override {
    if (checkpoints.empty()) return;
    const PartitionList list(
        rd_kafka_topic_partition_list_new(static_cast<int>(checkpoints.size())));
    for (const Checkpoint& checkpoint : checkpoints) {
      rd_kafka_topic_partition_list_add(
          list.get(), checkpoint.where.topic.c_str(),
          static_cast<std::int32_t>(checkpoint.where.partition.value()))
          ->offset = static_cast<std::int64_t>(checkpoint.next_offset.value());
    }
    // The answer comes back through on_published, served by poll_events.
    rd_kafka_commit(handle_.get(), list.get(), 1);
  }

  std::size_t prefetched_bytes() override { return 0; }

 private:
  Result<void> assign_list(const rd_kafka_topic_partition_list_t* list) {
    const auto error = rd_kafka_assign(handle_.get(), list);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    return kafka::to_error(error, rd_kafka_err2str(error)).within("assigning partitions");
  }

  std::shared_ptr<const Lanes> current() {
    const std::lock_guard lock(mutex_);
    return lanes_;
  }

  void add_event(SourceEvent event) {
    if (event.kind == SourceEvent::Kind::unavailable && down_.exchange(true)) return;
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
  }

  void went_down(const Error& error) {
    SourceEvent event;
    event.kind = error.reaction() == Reaction::stop ? SourceEvent::Kind::failed
                                                    : SourceEvent::Kind::unavailable;
    event.error = error;
    add_event(std::move(event));
  }

  // Single brokers come and go without a word; all of them at once is an outage, and so is a
  // refused login.
  static void on_error(rd_kafka_t* handle, int code, const char* words, void* self) {
    const auto error = static_cast<rd_kafka_resp_err_t>(code);
    switch (error) {
      case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
      case RD_KAFKA_RESP_ERR__AUTHENTICATION:
      case RD_KAFKA_RESP_ERR__SSL:
      case RD_KAFKA_RESP_ERR__RESOLVE:
        static_cast<KafkaSource*>(self)->went_down(kafka::to_error(error, words));
        return;
      case RD_KAFKA_RESP_ERR__FATAL: {
        std::array<char, 512> why{};
        rd_kafka_fatal_error(handle, why.data(), why.size());
        static_cast<KafkaSource*>(self)->went_down(kafka::to_error(error, why.data()));
        return;
      }
      default: return;
    }
  }

  static void on_log(const rd_kafka_t* /*handle*/, int level, const char* facility,
                     const char* words) {
    constexpr int critical = 2;
    if (level <= critical) {
      log_error("librdkafka reports", {{"facility", facility}, {"text", words}});
    } else {
      log_debug("librdkafka reports", {{"facility", facility}, {"text", words}});
    }
  }

  static void on_published(rd_kafka_t* /*handle*/, rd_kafka_resp_err_t error,
                           rd_kafka_topic_partition_list_t* /*offsets*/, void* opaque) {
    auto* self = static_cast<KafkaSource*>(opaque);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR || self->publishing_warned_.exchange(true)) return;
    log_warn("group offsets for lag tools cannot be published; counting goes on",
             {{"error", rd_kafka_err2str(error)}});
  }

  const Isolation isolation_;
  Handle handle_;
  std::mutex mutex_;  // Guards lanes_ and events_.
  std::shared_ptr<const Lanes> lanes_;
  std::vector<SourceEvent> events_;
  std::atomic<bool> down_{false};
  std::atomic<bool> publishing_warned_{false};
};

}  // namespace

Result<std::unique_ptr<Source>> open_kafka_source(KafkaSourceOptions options) {
  auto source = std::make_unique<KafkaSource>(options.source.isolation);
  TRY(source->open(options));
  return std::unique_ptr<Source>(std::move(source));
}

}  // namespace tallymill
