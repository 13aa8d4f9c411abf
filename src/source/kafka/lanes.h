#pragma once

// The queues of one assignment. Each assignment has fresh ones, so what an old queue still holds can
// never be taken for the new assignment's (rule R6).

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "source/kafka/client.h"
#include "source/source.h"

namespace tallymill::kafka {

class Lanes {
 public:
  // Makes the queues, and forwards each partition's own to its lane's. REQUIRES: nothing of an
  // earlier assignment is still being stopped.
  Lanes(std::shared_ptr<Client> client, Assignment assignment);

  [[nodiscard]] AssignmentEpoch epoch() const { return assignment_.epoch; }
  [[nodiscard]] const std::vector<AssignedPartition>& partitions() const {
    return assignment_.partitions;
  }
  [[nodiscard]] std::size_t count() const { return lanes_.size(); }
  [[nodiscard]] rd_kafka_queue_t* queue(std::size_t lane) const { return lanes_[lane].queue.get(); }

  // Index of a message's partition in the assignment, or partitions().size() if it is not there.
  [[nodiscard]] std::size_t index_of(const rd_kafka_message_t& message) const;

  // A partition of which something was or would be left out delivers nothing more under this
  // assignment. By the thread of the partition's lane only.
  void halt(std::size_t partition) { progress_[partition].halted = true; }
  [[nodiscard]] bool is_halted(std::size_t partition) const { return progress_[partition].halted; }

  // What was handed out; by the thread of the partition's lane only.
  void passed(std::size_t partition, Offset next);
  // Where the partition's reader stands, as far as it has come. Thread-safe.
  [[nodiscard]] Offset position(std::size_t partition) const;

  // The size of a typical record, from those that were fetched; by the lane's thread only.
  void weigh(std::size_t lane, std::size_t records, std::size_t bytes);
  // An estimate of what waits in the queues. Thread-safe.
  [[nodiscard]] std::size_t queued_bytes() const;

  // Ends the wait of whoever fetches from the lane. Thread-safe.
  void wake(std::size_t lane) const { rd_kafka_queue_yield(queue(lane)); }

 private:
  struct Lane {
    Queue queue;
    std::unique_ptr<std::atomic<std::size_t>> record_bytes;
  };
  struct Progress {
    std::atomic<std::int64_t> next{0};
    bool halted = false;
  };
  std::shared_ptr<Client> client_;  // Outlives the queues.
  Assignment assignment_;
  std::vector<Lane> lanes_;
  std::vector<Progress> progress_;  // By index in the assignment.
  // Of each topic the indexes by partition; partitions().size(): not assigned.
  std::map<std::string, std::vector<std::size_t>, std::less<>> topics_;
};

}  // namespace tallymill::kafka
