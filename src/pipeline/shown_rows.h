#pragma once

// Rows as a SELECT on the table would show them after a first batch: keys, the value of each column of
// the configuration, and the parts that are stored beside it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/spec.h"
#include "model/rows.h"

namespace tallymill {

struct ShownColumn {
  enum class Kind : std::uint8_t {
    key,
    value,  // Of a column of the configuration, wherever it is stored.
    part,   // Stored for some other column: the hits of a ratio, where a last value came from.
  };
  std::string name;
  SqlType type = SqlType::text;
  Kind kind = Kind::value;
};

struct ShownCell {
  std::string text;
  bool null = false;
};

// How the rows of one aggregation are shown. Not thread-safe.
class ShownRows {
 public:
  // Both outlive it.
  ShownRows(const AggregationSpec& spec, const Rows& rows);

  // Keys, then values in the order of the configuration, formulas last, then parts.
  [[nodiscard]] const std::vector<ShownColumn>& columns() const { return columns_; }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }

  // One cell per column. REQUIRES: row < size().
  [[nodiscard]] std::vector<ShownCell> read(std::size_t row);

 private:
  // Where a column's value comes from: a cell of the row, or a formula over its parts.
  struct Origin {
    std::size_t cell = 0;
    const GeneratedColumn* generated = nullptr;
  };
  void add(ShownColumn column, Origin origin);

  const AggregationSpec& spec_;
  const Rows& rows_;
  std::vector<ShownColumn> columns_;
  std::vector<Origin> origins_;
  std::vector<Value> cells_;
};

}  // namespace tallymill
