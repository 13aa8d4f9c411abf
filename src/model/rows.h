#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/error.h"
#include "model/value.h"

namespace tallymill {

// A batch's contribution to one table: rows in the order of their key bytes (rule R10), one per
// key, immutable. It may be read any number of times, so a commit can be tried again.
class Rows {
 public:
  virtual ~Rows() = default;

  [[nodiscard]] virtual std::size_t size() const = 0;

  // Sets `cells` to the row's key columns and then its parts, in the order of the TablePlan.
  // Values stay valid until the next call with the same `cells`. REQUIRES: row < size().
  virtual void read(std::size_t row, std::vector<Value>& cells) const = 0;

  // Sets `parts` to what strategy two writes: for joint parts the stored ones (in TablePlan order)
  // merged with the batch's, for all others the batch's own contribution, which SQL adds. `stored`
  // comes from the table and is not trusted: Fails with Reaction::stop if it
  // cannot be merged (a value that is not of the part's type, an overflow).
  [[nodiscard]] virtual Result<void> merge_stored(std::size_t row, std::span<const Value> stored,
                                                  std::vector<Value>& parts) const = 0;

  [[nodiscard]] virtual std::size_t memory_bytes() const = 0;
};

}  // namespace tallymill
