#pragma once

// The groups of one aggregation in one open batch: key bytes to the state of its columns. All
// memory comes from one arena that is released whole.

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "config/spec.h"
#include "model/position.h"
#include "model/rows.h"
#include "model/value.h"

namespace tallymill {

// Where a contribution comes from: orders `last` and its like deterministically.
struct Coordinates {
  Timestamp time;  // Event time, or the record's timestamp without one.
  Partition partition;
  Offset offset;
};

// Not thread-safe: one per fold worker and aggregation. `spec` must outlive it and its rows.
class GroupTable {
 public:
  explicit GroupTable(const AggregationSpec& spec);
  ~GroupTable();
  GroupTable(GroupTable&&) noexcept;
  GroupTable& operator=(GroupTable&&) noexcept;

  // Adds one record's contribution: one argument per column of the spec.
  void fold(std::string_view key, std::span<const Value> arguments, const Coordinates& from);

  // Adds all groups of `other`, which is left empty. REQUIRES: same spec.
  void merge(GroupTable&& other);

  [[nodiscard]] std::size_t groups() const;
  [[nodiscard]] std::size_t memory_bytes() const;

  // Ends the table: its groups in key order.
  [[nodiscard]] static std::shared_ptr<const Rows> into_rows(GroupTable&& table);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tallymill
