#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct rd_kafka_s;
struct rd_kafka_topic_s;

namespace tallymill::generate {

// Sends events without keys to one topic, a run of them to each partition in turn. Used by one
// thread.
class Producer {
 public:
  struct Target {
    std::string brokers;
    std::string topic;
    int partitions = 0;  // Of the topic, should it have to be created.
    bool lz4 = false;
  };

  // Connects, and creates the topic if it is missing. Returns null after telling why in `problem`.
  static std::unique_ptr<Producer> open(const Target& target, std::string& problem);
  ~Producer();
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  // Takes as many of the events as the queue has room for, and leaves the others in the list. What it
  // takes is copied.
  void send(std::vector<std::string_view>& events);

  // Serves what the client library has to say, for up to `timeout_ms`.
  void poll(int timeout_ms);

  // Waits until all events are acknowledged. Returns false if some are not in time.
  bool flush(int timeout_ms);

  [[nodiscard]] std::int64_t waiting() const;  // Events sent and not acknowledged yet.
  [[nodiscard]] std::int64_t lost() const { return lost_; }  // Events given up by the client.
  [[nodiscard]] std::int32_t partitions() const { return partitions_; }

 private:
  Producer() = default;
  bool connect(const Target& target, std::string& problem);
  bool create_topic(const Target& target, std::string& problem);
  bool count_partitions(const std::string& topic, std::string& problem);

  rd_kafka_s* client_ = nullptr;
  rd_kafka_topic_s* topic_ = nullptr;
  std::int32_t partitions_ = 0;
  std::int32_t next_partition_ = 0;
  std::int64_t lost_ = 0;  // Counted in poll() and flush().
};

}  // namespace tallymill::generate
