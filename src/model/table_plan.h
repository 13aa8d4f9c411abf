#pragma once

// What a sink needs to know of an aggregation's table: which columns, of which type, and how a
// batch's contribution is merged into the row that is there.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tallymill {

enum class SqlType : std::uint8_t {
  boolean, bigint, numeric, double_precision, text, timestamptz, jsonb, bytea,
};

// How two contributions to a stored part combine. Null is the identity of each (rule R15).
enum class Merge : std::uint8_t {
  add,
  least,
  greatest,
  joint,  // Not by SQL: the row is locked, read, merged in C++ and written.
};

struct KeyColumn {
  std::string name;
  SqlType type = SqlType::text;
  bool nullable = false;
};

// A stored part of a column's state.
struct PartColumn {
  std::string name;
  SqlType type = SqlType::bigint;
  Merge merge = Merge::add;
  bool starts_at_zero = false;  // count: not null default 0. Others are null until they have a value.
};

// A formula over stored parts of the same table, for generated columns. Division is true division
// and null when the divisor is 0; no stored value may make it raise.
struct Formula {
  enum class Kind : std::uint8_t { part, number, add, subtract, multiply, divide, negate };
  Kind kind = Kind::number;
  std::string text;  // Name of the part, or the number's decimal text.
  std::vector<Formula> operands;
};

struct GeneratedColumn {
  std::string name;
  SqlType type = SqlType::numeric;  // numeric or double_precision.
  Formula formula;
};

struct TablePlan {
  std::string schema;  // "public" unless configured.
  std::string table;
  std::vector<KeyColumn> key;        // window_start first if there is a window; empty: one row.
  std::vector<PartColumn> parts;
  std::vector<GeneratedColumn> generated;
  // Rows whose window_start is older than this may be deleted. Only with a window.
  std::optional<std::chrono::seconds> retention;

  // True if some part can only be merged in C++.
  [[nodiscard]] bool merges_in_cpp() const {
    for (const PartColumn& part : parts) {
      if (part.merge == Merge::joint) return true;
    }
    return false;
  }
};

}  // namespace tallymill
