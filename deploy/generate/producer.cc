#include "producer.h"

#include <librdkafka/rdkafka.h>

#include <utility>

namespace tallymill::generate {
namespace {

constexpr int admin_timeout_ms = 30'000;

// Only failures are reported, see delivery.report.only.error.
void count_lost(rd_kafka_t*, const rd_kafka_message_t* message, void* lost) {
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) ++*static_cast<std::int64_t*>(lost);
}

template <class T, void (*destroy)(T*)>
struct Destroy {
  void operator()(T* object) const { destroy(object); }
};
template <class T, void (*destroy)(T*)>
using Owned = std::unique_ptr<T, Destroy<T, destroy>>;

}  // namespace

std::unique_ptr<Producer> Producer::open(const Target& target, std::string& problem) {
  std::unique_ptr<Producer> producer(new Producer);
  if (!producer->connect(target, problem) || !producer->create_topic(target, problem) ||
      !producer->count_partitions(target.topic, problem)) {
    return nullptr;
  }
  return producer;
}

Producer::~Producer() {
  if (topic_ != nullptr) rd_kafka_topic_destroy(topic_);
  if (client_ != nullptr) {
    rd_kafka_purge(client_, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(client_, 0);
    rd_kafka_destroy(client_);
  }
}

bool Producer::connect(const Target& target, std::string& problem) {
  const std::pair<const char*, std::string> settings[] = {
      {"bootstrap.servers", target.brokers},
      {"client.id", "tallymill-generate"},
      {"enable.idempotence", "true"},
      {"linger.ms", "5"},
      {"batch.size", "1000000"},
      {"batch.num.messages", "10000"},
      {"queue.buffering.max.messages", "1000000"},
      {"queue.buffering.max.kbytes", "262144"},
      {"compression.codec", target.lz4 ? "lz4" : "none"},
      {"delivery.report.only.error", "true"},
      {"log_level", "2"},
  };
  char message[512];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(conf, name, value.c_str(), message, sizeof message) != RD_KAFKA_CONF_OK) {
      problem = message;
      rd_kafka_conf_destroy(conf);
      return false;
    }
  }
  rd_kafka_conf_set_dr_msg_cb(conf, count_lost);
  rd_kafka_conf_set_opaque(conf, &lost_);
  client_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, message, sizeof message);
  if (client_ == nullptr) {
    problem = message;
    rd_kafka_conf_destroy(conf);
    return false;
  }
  topic_ = rd_kafka_topic_new(client_, target.topic.c_str(), nullptr);
  if (topic_ == nullptr) problem = rd_kafka_err2str(rd_kafka_last_error());
  return topic_ != nullptr;
}

bool Producer::create_topic(const Target& target, std::string& problem) {
  if (target.partitions <= 0) return true;
  char message[512];
  const Owned<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy> wanted(
      rd_kafka_NewTopic_new(target.topic.c_str(), target.partitions, -1, message, sizeof message));
  if (!wanted) {
    problem = message;
    return false;
  }
  const Owned<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy> options(
      rd_kafka_AdminOptions_new(client_, RD_KAFKA_ADMIN_OP_CREATETOPICS));
  rd_kafka_AdminOptions_set_operation_timeout(options.get(), admin_timeout_ms, nullptr, 0);
  const Owned<rd_kafka_queue_t, rd_kafka_queue_destroy> queue(rd_kafka_queue_new(client_));
  rd_kafka_NewTopic_t* topics[] = {wanted.get()};
  rd_kafka_CreateTopics(client_, topics, 1, options.get(), queue.get());
  const Owned<rd_kafka_event_t, rd_kafka_event_destroy> event(
      rd_kafka_queue_poll(queue.get(), admin_timeout_ms));
  if (!event || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    problem = event ? rd_kafka_event_error_string(event.get()) : "the brokers do not answer";
    return false;
  }
  std::size_t count = 0;
  const rd_kafka_topic_result_t** results = rd_kafka_CreateTopics_result_topics(
      rd_kafka_event_CreateTopics_result(event.get()), &count);
  const rd_kafka_resp_err_t error = rd_kafka_topic_result_error(results[0]);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
    return true;
  }
  problem = rd_kafka_err2str(error);
  return false;
}

bool Producer::count_partitions(const std::string& topic, std::string& problem) {
  // A topic that was just created is not known to every broker at once.
  for (int tries = 0; tries < 100; ++tries) {
    const rd_kafka_metadata_t* raw = nullptr;
    const rd_kafka_resp_err_t error =
        rd_kafka_metadata(client_, 0, topic_, &raw, admin_timeout_ms);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      problem = rd_kafka_err2str(error);
      return false;
    }
    partitions_ = raw->topic_cnt == 1 ? raw->topics[0].partition_cnt : 0;
    rd_kafka_metadata_destroy(raw);
    if (partitions_ > 0) return true;
    poll(100);
  }
  problem = "topic " + topic + " does not exist; --partitions creates it";
  return false;
}

void Producer::send(std::vector<std::string_view>& events) {
  std::vector<rd_kafka_message_t> messages(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    // The client library copies the payload, and does not write to it.
    messages[i].payload = const_cast<char*>(events[i].data());
    messages[i].len = events[i].size();
  }
  rd_kafka_produce_batch(topic_, next_partition_, RD_KAFKA_MSG_F_COPY, messages.data(),
                         static_cast<int>(messages.size()));
  std::size_t left = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (messages[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) events[left++] = events[i];
  }
  events.resize(left);
  next_partition_ = (next_partition_ + 1) % partitions_;
}

void Producer::poll(int timeout_ms) { rd_kafka_poll(client_, timeout_ms); }

bool Producer::flush(int timeout_ms) {
  return rd_kafka_flush(client_, timeout_ms) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

std::int64_t Producer::waiting() const { return rd_kafka_outq_len(client_); }

}  // namespace tallymill::generate
