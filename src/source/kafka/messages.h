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
  explicit Messages(std::shared_ptr<const Lanes> lanes) : lanes_(std::move(lanes)) {}
  ~Messages() override;
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;

  // Takes ownership.
  void take(rd_kafka_message_t* message) { messages_.push_back(message); }
  // Takes what the queue holds at this moment, at most `count`.
  void take_available(rd_kafka_queue_t* queue, std::size_t count);

  // Sorts them into records, reached positions, and events of partitions in trouble.
  void sort_into(Chunk& chunk, std::vector<SourceEvent>& events) const;

 private:
  std::shared_ptr<const Lanes> lanes_;
  std::vector<rd_kafka_message_t*> messages_;
};

}  // namespace tallymill::kafka
