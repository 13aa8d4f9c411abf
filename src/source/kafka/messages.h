#pragma once

#include <memory>
#include <vector>

#include "source/kafka/lanes.h"
#include "source/source.h"

namespace tallymill::kafka {

// Messages taken from one lane, destroyed together. Each pins the whole answer that it came in, so
// they are kept only while their chunk is folded.
class Messages final : public Chunk::Holder {
 public:
  explicit Messages(std::shared_ptr<Client> client) : client_(std::move(client)) {}
  ~Messages() override;
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;

  // Takes at most `count` from the queue, waiting at most `wait` for the first of them.
  void take(rd_kafka_queue_t* queue, std::size_t count, Duration wait);
  [[nodiscard]] bool empty() const { return messages_.empty(); }

  // Sorts them into records, reached positions, and events of partitions in trouble. What follows
  // such an event in its partition is left out, unless the trouble passes without a gap.
  void sort_into(Chunk& chunk, std::size_t lane, Lanes& lanes);

 private:
  std::shared_ptr<Client> client_;  // Outlives the messages.
  std::vector<rd_kafka_message_t*> messages_;
};

}  // namespace tallymill::kafka
