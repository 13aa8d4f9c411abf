#pragma once

// What one record contributes to each aggregation: all of it evaluated before anything is folded,
// so that a record is counted in every aggregation that it belongs to, or in none.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/spec.h"
#include "model/lookup_table.h"
#include "model/record.h"
#include "model/reject.h"
#include "model/value.h"

namespace tallymill {

// What a record does to one aggregation.
struct Contribution {
  enum class Kind : std::uint8_t {
    fold,
    filtered,          // `where` is false.
    late,              // Dropped by `late: drop`.
    late_dead_letter,  // Counted as late, and a dead letter for this aggregation.
  };
  Kind kind = Kind::filtered;
  std::string_view key;                // Canonical key bytes (model/key.h): window start, then group values.
  std::span<const Value> arguments;    // One per column of the spec; null for none.
};

struct Evaluation {
  enum class Kind : std::uint8_t {
    used,
    rejected,  // `reject` says why; a dead letter, a skip or a stop, as on_error says.
    dropped,   // A lookup with on_miss: drop: counted as skipped.
    stop,      // A lookup with on_miss: stop: the pipeline stops; `reject` says why.
  };
  Kind kind = Kind::used;
  std::span<const Contribution> contributions;  // One per aggregation of the spec.
  std::optional<Timestamp> event_time;
  Reject reject;
};

// Not thread-safe: one per fold worker. `spec` must outlive it.
class Evaluator {
 public:
  virtual ~Evaluator() = default;

  // Uses these tables, in the order of spec.lookups, from the next record on. Called at a cut only.
  // REQUIRES: each has the columns that its LookupSpec lists.
  virtual void use_lookups(std::vector<std::shared_ptr<const LookupTable>> tables) = 0;

  // `values` are the decoder's, `record` the record they come from. What is returned is valid
  // until the next call. REQUIRES: the record's timestamp is in range (Timestamp::in_range).
  [[nodiscard]] virtual const Evaluation& evaluate(const Record& record, std::string_view topic,
                                                   Partition partition,
                                                   std::span<const Value> values) = 0;
};

// The rules, where a record does not simply belong to a group:
// - The first error, in the spec's order, in any aggregation whose `where` passes rejects it whole.
// - `where` that is null is an error; count(condition) and ratio(condition) ignore a null condition,
//   other aggregates a null argument; a null group key is an error unless the key is nullable.
// - `late` and `max_future` compare the event time with the record's own timestamp. A late record is
//   evaluated like any other, so that whether it can be used does not depend on when it came.
// - Without an event time the record's own timestamp takes its place.
// - A group's key may take 2,500 bytes, a text that a column keeps 1 MiB.
//
// In the steady state nothing is allocated per record.
// REQUIRES: the spec was loaded without errors.
[[nodiscard]] std::unique_ptr<Evaluator> make_evaluator(const PipelineSpec& spec);

}  // namespace tallymill
