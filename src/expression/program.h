#pragma once

// A typed tree made ready to run, many millions of times.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expression/ast.h"
#include "expression/text_arena.h"
#include "model/lookup_table.h"
#include "model/record.h"
#include "model/reject.h"
#include "model/value.h"

namespace tallymill::expression {

class Program;

// What `on_miss` does with a record whose key a lookup does not hold.
enum class OnMiss : std::uint8_t { keep, drop, dead_letter, stop };

// One lookup as it stands between two cuts. Whoever swaps a table in fills `columns` anew, since
// the new file may have its columns in another order: entry k is the index in table->columns() of
// the k-th column that Typing::lookup_columns() lists for this lookup (Node::slot is that k).
struct LookupBinding {
  const LookupTable* table = nullptr;
  std::vector<std::size_t> columns;
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
  std::span<const Value> fields;           // In the order of Typing::fields().
  const Record* record = nullptr;
  std::string_view topic;
  std::int64_t partition = 0;
  std::span<const LookupBinding> lookups;  // In the order given to Typing.
  std::span<const Program> derives;        // In the order given to Typing.

  Reject reject;  // Set when an evaluation ends in Outcome::reject or stop.

  // REQUIRES: called before the first evaluation of each record, after the members above are set.
  void begin_record();

  // Used by programs only.
  struct Derived {
    bool evaluated = false;
    Outcome outcome = Outcome::ok;
    Value value;
    const Reject* failure = nullptr;
  };
  TextArena arena;
  std::vector<Derived> derived;
  std::vector<Header> headers;      // The record's, once `headers_read`.
  bool headers_read = false;
  const Reject* failure = nullptr;  // Of the last operation that did not end in Outcome::ok.
};

// Immutable after compile(); may be run by several threads, each with its own context.
class Program {
 public:
  // REQUIRES: `tree` was typed without problems. `name` is used in reject messages ("where of
  // campaign_stats").
  [[nodiscard]] static Program compile(const NodePtr& tree, std::string name);

  // Sets `result`, valid until the context's next begin_record(). A result may be null, or missing
  // (a field or header that is not there). Arithmetic is checked: overflow, division by zero and a
  // conversion that does not fit end in Outcome::reject.
  [[nodiscard]] Outcome run(EvaluationContext& context, Value& result) const;

  // Of every result that is neither null nor missing.
  [[nodiscard]] Type type() const;

 private:
  friend class DeriveOperation;
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace tallymill::expression
