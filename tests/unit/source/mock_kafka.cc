#include "mock_kafka.h"

#include "base/check.h"

namespace tallymill {
namespace {

void expect_ok(rd_kafka_resp_err_t error) {
  CHECK(error == RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_err2str(error));
}

}  // namespace

MockKafka::MockKafka(int brokers) {
  char why[256] = "";
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set_log_cb(conf, [](const rd_kafka_t*, int, const char*, const char*) {});
  rd_kafka_conf_set_error_cb(conf, [](rd_kafka_t*, int, const char*, void*) {});
  producer_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
  CHECK(producer_ != nullptr, why);
  cluster_ = rd_kafka_mock_cluster_new(producer_, brokers);
  CHECK(cluster_ != nullptr, "the mock cluster starts");
  rd_kafka_mock_set_controller_id(cluster_, 1);
  rd_kafka_brokers_add(producer_, rd_kafka_mock_cluster_bootstraps(cluster_));
}

MockKafka::~MockKafka() {
  rd_kafka_mock_cluster_destroy(cluster_);
  rd_kafka_destroy(producer_);
}

std::string MockKafka::brokers() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }

void MockKafka::create_topic(const std::string& topic, int partitions) {
  expect_ok(rd_kafka_mock_topic_create(cluster_, topic.c_str(), partitions, 1));
}

void MockKafka::delete_topic(const std::string& topic) {
  expect_ok(rd_kafka_mock_topic_delete(cluster_, topic.c_str()));
}

void MockKafka::produce(const std::string& topic, int partition, const Message& message) {
  rd_kafka_headers_t* headers = rd_kafka_headers_new(message.headers.size());
  for (const auto& [name, value] : message.headers) {
    rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()),
                        value ? value->data() : nullptr,
                        value ? static_cast<ssize_t>(value->size()) : 0);
  }
  std::optional<std::string> key = message.key;
  std::optional<std::string> value = message.value;
  void* const key_data = key ? key->data() : nullptr;
  void* const value_data = value ? value->data() : nullptr;
  const std::size_t key_size = key ? key->size() : 0;
  const std::size_t value_size = value ? value->size() : 0;
  expect_ok(rd_kafka_producev(
      producer_, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(partition),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key_data, key_size),
      RD_KAFKA_V_VALUE(value_data, value_size), RD_KAFKA_V_HEADERS(headers),
      RD_KAFKA_V_TIMESTAMP(message.timestamp), RD_KAFKA_V_END));
  expect_ok(rd_kafka_flush(producer_, 10000));
}

void MockKafka::produce_values(const std::string& topic, int partition, int first, int count) {
  for (int i = first; i < first + count; ++i) {
    std::string value = std::to_string(i);
    expect_ok(rd_kafka_producev(producer_, RD_KAFKA_V_TOPIC(topic.c_str()),
                                RD_KAFKA_V_PARTITION(partition),
                                RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                RD_KAFKA_V_VALUE(value.data(), value.size()), RD_KAFKA_V_END));
  }
  expect_ok(rd_kafka_flush(producer_, 10000));
}

void MockKafka::elect(const std::string& topic, int partition) {
  expect_ok(rd_kafka_mock_partition_set_leader(cluster_, topic.c_str(), partition, 1));
}

void MockKafka::delete_records_below(const std::string& topic, int partition, std::int64_t offset) {
  expect_ok(rd_kafka_mock_partition_delete_records(cluster_, topic.c_str(), partition, offset));
}

void MockKafka::fail_partition(const std::string& topic, int partition, std::int16_t api,
                               rd_kafka_resp_err_t error, int count) {
  for (int i = 0; i < count; ++i) {
    expect_ok(rd_kafka_mock_partition_push_request_errors(cluster_, topic.c_str(), partition, api,
                                                          1, error));
  }
}

void MockKafka::fail(std::int16_t api, rd_kafka_resp_err_t error, int count) {
  for (int i = 0; i < count; ++i) rd_kafka_mock_push_request_errors(cluster_, api, 1, error);
}

void MockKafka::set_topic_error(const std::string& topic, rd_kafka_resp_err_t error) {
  rd_kafka_mock_topic_set_error(cluster_, topic.c_str(), error);
}

void MockKafka::set_down(int broker) { rd_kafka_mock_broker_set_down(cluster_, broker); }

void MockKafka::set_up(int broker) { rd_kafka_mock_broker_set_up(cluster_, broker); }

void MockKafka::track_requests() { rd_kafka_mock_start_request_tracking(cluster_); }

int MockKafka::requests(std::int16_t api) const {
  std::size_t count = 0;
  rd_kafka_mock_request_t** all = rd_kafka_mock_get_requests(cluster_, &count);
  int found = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (rd_kafka_mock_request_api_key(all[i]) == api) ++found;
  }
  rd_kafka_mock_request_destroy_array(all, count);
  return found;
}

}  // namespace tallymill
