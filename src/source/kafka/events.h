#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "source/source.h"

namespace tallymill::kafka {

// What happened to the source, until somebody asks. One event per change: a trouble that is reported
// again and again is one event, and so is its end. Thread-safe.
class Events {
 public:
  // The source as a whole has trouble; `failed` if the error's reaction is stop.
  void trouble(const Error& error);
  // One partition has; the event's `where` is set, or the source as a whole is meant.
  void add(SourceEvent event);
  // The cluster answered, or records came: whatever trouble there was with it is over.
  void works();
  // The partition delivers.
  void works(const TopicPartition& where, AssignmentEpoch epoch);

  // True if works() could end anything, cheaply.
  [[nodiscard]] bool any_trouble() const { return any_trouble_.load(std::memory_order_relaxed); }

  // Forgets the troubles of partitions, because they were assigned anew.
  void forget_partitions();

  [[nodiscard]] std::vector<SourceEvent> take();

 private:
  void update_any_trouble();

  std::mutex mutex_;  // Guards what follows.
  std::vector<SourceEvent> waiting_;
  std::optional<std::string> trouble_;   // The code of the source's own trouble.
  std::set<TopicPartition> partitions_;  // Those in trouble that passes by itself.
  std::atomic<bool> any_trouble_{false};
};

}  // namespace tallymill::kafka
