#pragma once

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "model/batch.h"
#include "source/kafka/client.h"

namespace tallymill::kafka {

// Writes group offsets for lag tools, and never reads them. Not thread-safe.
//
// It has a consumer of its own that is never assigned anything. The reading one would hold up every
// new assignment while a commit waits for a coordinator that is away, and librdkafka's admin call for
// the same purpose ends the process if the coordinator's connection breaks while it is being found
// (librdkafka issue 4605).
class OffsetPublisher {
 public:
  explicit OffsetPublisher(KafkaSourceOptions options) : options_(std::move(options)) {}

  // Sends what is newest, now or once the write under way is answered.
  void publish(const std::vector<Checkpoint>& checkpoints);
  // Takes answers that came, and sends what had to wait for them.
  void serve();

 private:
  void send();
  void refused(const Error& error);

  const KafkaSourceOptions options_;
  std::map<TopicPartition, std::pair<Offset, LeaderEpoch>> waiting_;
  int refusals_ = 0;  // In a row.
  // Opened by the first write. Destroyed after the queue.
  std::shared_ptr<Client> client_;
  Queue answers_;  // Set while a write is under way.
};

}  // namespace tallymill::kafka
