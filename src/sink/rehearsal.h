#pragma once

#include <optional>

#include "base/error.h"
#include "model/batch.h"

namespace tallymill {

// Asks the store whether it would take a batch's rows, and leaves everything as it is.
class Rehearsal {
 public:
  virtual ~Rehearsal() = default;

  // Returns why the rows are refused; nothing if they are not. Blocks, bounded by deadlines; the
  // pipeline's row is locked meanwhile, as for a commit. Fails if the store does not answer.
  [[nodiscard]] virtual Result<std::optional<Error>> refusal(const Batch& batch) = 0;
};

}  // namespace tallymill
