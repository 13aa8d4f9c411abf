#pragma once

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tallymill {

// Brokers inside the test's own process: librdkafka's mock cluster, with levers. It forgets a
// partition's oldest records beyond 5 MiB, and has no transactions.
class MockKafka {
 public:
  struct Message {
    std::optional<std::string> value;
    std::optional<std::string> key;
    std::vector<std::pair<std::string, std::optional<std::string>>> headers;
    std::int64_t timestamp = 0;  // Milliseconds; 0: of no interest.
  };

  explicit MockKafka(int brokers = 1);
  ~MockKafka();
  MockKafka(const MockKafka&) = delete;
  MockKafka& operator=(const MockKafka&) = delete;

  [[nodiscard]] std::string brokers() const;

  void create_topic(const std::string& topic, int partitions);
  void delete_topic(const std::string& topic);
  // Each returns when the broker has taken the records.
  void produce(const std::string& topic, int partition, const Message& message);
  void produce_values(const std::string& topic, int partition, int first, int count);
  // The partition's leader is elected again: what is written from now on is of the next epoch.
  void elect(const std::string& topic, int partition);
  void delete_records_below(const std::string& topic, int partition, std::int64_t offset);

  // The next `count` requests of this kind for the partition are answered with `error`.
  void fail_partition(const std::string& topic, int partition, std::int16_t api,
                      rd_kafka_resp_err_t error, int count);
  // The next request of this kind, whatever it is about.
  void fail(std::int16_t api, rd_kafka_resp_err_t error, int count);
  void set_topic_error(const std::string& topic, rd_kafka_resp_err_t error);
  void set_down(int broker);
  void set_up(int broker);

  void track_requests();
  [[nodiscard]] int requests(std::int16_t api) const;

 private:
  rd_kafka_t* producer_ = nullptr;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

// Kafka's numbers for its requests.
namespace api {
constexpr std::int16_t fetch = 1;
constexpr std::int16_t list_offsets = 2;
constexpr std::int16_t offset_commit = 8;
constexpr std::int16_t offset_fetch = 9;
constexpr std::int16_t find_coordinator = 10;
constexpr std::int16_t join_group = 11;
constexpr std::int16_t heartbeat = 12;
constexpr std::int16_t sync_group = 14;
constexpr std::int16_t offset_for_leader_epoch = 23;
}  // namespace api

}  // namespace tallymill
