#pragma once

// A typed tree made ready to run, many millions of times.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "expression/ast.h"
#include "model/lookup_table.h"
#include "model/record.h"
#include "model/reject.h"
#include "model/value.h"

namespace tallymill::expression {

class Program;

// What `on_miss` does with a record whose key a lookup does not hold.
enum class OnMiss : std::uint8_t { keep, drop, dead_letter, stop };

struct LookupBinding {
  const LookupTable* table = nullptr;
  std::vector<std::size_t> columns;  // Unused by programs bound through column names.
  OnMiss on_miss = OnMiss::dead_letter;
};

// How an evaluation ended.
enum class Outcome : std::uint8_t {
  ok,
  reject,   // The record's error: EvaluationContext::reject says which.
  drop,     // A lookup with on_miss: drop had no row: the record is skipped.
  stop,     // A lookup with on_miss: stop had no row: the pipeline stops.
};

// Everything one record's expressions can see. One per fold worker, reset for each record; not
// thread-safe. Derived values are evaluated at first use and kept until the next record.
struct EvaluationContext {
  std::span<const Value> fields;
  const Record* record = nullptr;
  std::string_view topic;
  std::int64_t partition = 0;
  std::span<const LookupBinding> lookups;
  std::span<const Program> derives;

  Reject reject;  // Set when an evaluation ends in Outcome::reject or stop.

  // REQUIRES: called before the first evaluation of each record.
  void begin_record();

  // Used by programs only: memory for strings made by functions, and the derives' memory.
  std::vector<std::unique_ptr<char[]>> arena_blocks;
  std::size_t arena_used = 0;
  std::size_t arena_capacity = 0;
  std::vector<Value> derived_values;
  std::vector<std::uint8_t> derived_state;  // 0 not yet, else Outcome + 1.
};

// Immutable after compile(); may be run by several threads, each with its own context.
class Program {
 public:
  // REQUIRES: `tree` was typed without problems. `name` is used in reject messages ("where of
  // campaign_stats").
  [[nodiscard]] static Program compile(const NodePtr& tree, std::string name);

  // Sets `result`, valid until the context's next begin_record(). Arithmetic is checked: integer
  // overflow, division by zero and a conversion that does not fit end in Outcome::reject.
  [[nodiscard]] Outcome run(EvaluationContext& context, Value& result) const;

  [[nodiscard]] Type type() const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
  std::string name_;
};

}  // namespace tallymill::expression
