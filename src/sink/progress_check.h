#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"

namespace tallymill {

// Fails with Reaction::stop if a pipeline has fewer checkpoints than it ever had: counting those partitions
// anew would count twice.
[[nodiscard]] inline Result<void> check_checkpoints(const std::string& pipeline, std::int64_t stored,
                                                    std::int64_t known) {
  if (stored >= known) return {};
  return Error(Reaction::stop, "checkpoint_gone",
               "checkpoint rows of pipeline " + pipeline +
                   " were deleted; counting them anew would count twice. Restore them from "
                   "a backup, or count anew: tallymill reset");
}

}  // namespace tallymill
