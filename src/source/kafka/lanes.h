#pragma once

// The queues of one assignment. Each assignment has fresh ones, so what an old queue still holds can
// never be taken for the new assignment's (rule R6).

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "source/kafka/handles.h"
#include "source/source.h"

namespace tallymill::kafka {

class Lanes {
 public:
  // Makes one queue per lane and forwards each partition's queue to its lane's. REQUIRES: nothing
  // of an earlier assignment is still being stopped.
  Lanes(rd_kafka_t* handle, const Assignment& assignment);

  [[nodiscard]] AssignmentEpoch epoch() const { return assignment_.epoch; }
  [[nodiscard]] const Assignment& assignment() const { return assignment_; }
  [[nodiscard]] std::size_t count() const { return queues_.size(); }
  [[nodiscard]] rd_kafka_queue_t* queue(std::size_t lane) const { return queues_[lane].get(); }

  // Index of a message's partition in the assignment, or the assignment's size if it is not there.
  [[nodiscard]] std::size_t index_of(const rd_kafka_message_t& message) const;

 private:
  struct Topic {
    std::string name;
    std::vector<std::size_t> index;  // By partition; size of the assignment: not assigned.
  };

  Assignment assignment_;
  std::vector<Queue> queues_;
  std::vector<Topic> topics_;
};

}  // namespace tallymill::kafka
