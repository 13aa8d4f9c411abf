#pragma once

#include <atomic>
#include <memory>

#include "source/kafka/events.h"
#include "source/kafka/handles.h"
#include "source/kafka/log_lines.h"
#include "source/kafka/options.h"

namespace tallymill::kafka {

// A librdkafka consumer and what becomes of it. Shared by the source and by every chunk that it
// handed out, because librdkafka's destroy waits for ever for a message that is still held: the
// handle goes with the last of them. Thread-safe, but for serve().
class Client {
 public:
  [[nodiscard]] static Result<std::shared_ptr<Client>> open(const KafkaSourceOptions& options);

  // Use open().
  explicit Client(const KafkaSourceOptions& options) : options_(options) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] rd_kafka_t* handle() const { return handle_.get(); }
  [[nodiscard]] Events& events() { return events_; }

  // Serves librdkafka's callbacks and what it has to say about the consumer as a whole, waiting at
  // most `wait` for something to serve. By one thread at a time.
  void serve(Duration wait);

  // Returns once a broker answers, at once if there is no trouble, or with an error. Asked before any
  // admin request, because one that waits for a broker makes librdkafka connect without pause.
  [[nodiscard]] Result<void> reach(Duration timeout);

  // Reads the login's secrets again if brokers refused it since the last call, so that rotated ones
  // are used at the next connect. May take as long as the resolver does.
  void refresh_login();

 private:
  void read(const rd_kafka_message_t& message);
  static void on_log(const rd_kafka_t* handle, int level, const char* facility, const char* text);
  static void on_error(rd_kafka_t* handle, int code, const char* words, void* self);

  const KafkaSourceOptions options_;
  Scrubber scrubber_;
  Events events_;
  std::atomic<bool> login_refused_{false};
  Handle handle_;  // Last, so that it goes first: its threads use the rest.
};

}  // namespace tallymill::kafka
