#pragma once

#include <algorithm>

#include "model/batch.h"

namespace tallymill {

// The checkpoint of that partition, or null. REQUIRES: `checkpoints`, const or not, are in (topic, partition)
// order: there may be thousands.
template <class Checkpoints>
[[nodiscard]] auto* find_checkpoint(Checkpoints& checkpoints, const TopicPartition& where) {
  const auto found =
      std::lower_bound(checkpoints.begin(), checkpoints.end(), where,
                       [](const Checkpoint& one, const TopicPartition& other) { return one.where < other; });
  return found != checkpoints.end() && found->where == where ? &*found : nullptr;
}

}  // namespace tallymill
