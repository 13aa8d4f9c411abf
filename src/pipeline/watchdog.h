#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "model/position.h"
#include "pipeline/part.h"

namespace tallymill {

// Notices a partition that died in silence: it is behind and has not moved for `patience`.
class Watchdog {
 public:
  explicit Watchdog(Duration patience) : patience_(patience) {}

  // Returns the partitions that just became stalled. `ends` are in the order of `partitions`.
  // While `held` nothing is expected to move.
  [[nodiscard]] std::vector<TopicPartition> look(const std::vector<PartitionProgress>& partitions,
                                                 const std::map<TopicPartition, Offset>& ends,
                                                 bool held, SteadyTime now);
  void forget() { seen_.clear(); }

 private:
  struct Seen {
    Offset next;
    SteadyTime moved_at;
  };
  Duration patience_;
  std::map<TopicPartition, Seen> seen_;
};

}  // namespace tallymill
