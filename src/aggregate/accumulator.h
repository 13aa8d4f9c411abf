#pragma once

// How one column of an aggregation keeps and combines its state. The object says how; the state
// itself is bytes in the group table, one per group, trivially destructible: what it points to
// lives in the table's arena.
//
// Laws, tested for every aggregate of the catalog: merging is associative and commutative, an
// untouched state is its identity, and folding a sequence gives the same as merging the folds of
// any split of it. What emit() gives depends on what was folded, never on the order.

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <vector>

#include "aggregate/arena.h"
#include "base/error.h"
#include "config/spec.h"
#include "model/value.h"

namespace tallymill {

struct Coordinates;

// Immutable; may be used by several threads, each on states of its own.
class Accumulator {
 public:
  virtual ~Accumulator() = default;

  // Bytes of one state, and what its address is a multiple of: at most Arena::alignment.
  [[nodiscard]] virtual std::size_t state_size() const = 0;
  [[nodiscard]] virtual std::size_t state_alignment() const = 0;
  virtual void init(std::byte* state) const = 0;

  // Adds one record's argument. Null and missing change nothing (rule R15), but for count(), which
  // takes no argument and counts every record.
  virtual void update(std::byte* state, const Value& argument, const Coordinates& from,
                      Arena& arena) const = 0;
  // Adds the other state, which may live in another arena that goes away afterwards.
  virtual void merge(std::byte* state, const std::byte* other, Arena& arena) const = 0;

  // Appends the stored parts, null for a part without a value. Values point into the state.
  virtual void emit(const std::byte* state, std::vector<Value>& parts) const = 0;

  // Appends the parts that the state merged with the stored ones has. Only for parts that SQL does
  // not merge. Fails with Reaction::stop if `stored` is not what this column stores.
  [[nodiscard]] virtual Result<void> merge_stored(const std::byte* state,
                                                  std::span<const Value> stored,
                                                  std::vector<Value>& parts) const;
};

// The usual shape of an accumulator: a trivially destructible struct as state.
template <class State>
class AccumulatorOf : public Accumulator {
 public:
  static_assert(std::is_trivially_destructible_v<State> && alignof(State) <= Arena::alignment);

  [[nodiscard]] std::size_t state_size() const final { return sizeof(State); }
  [[nodiscard]] std::size_t state_alignment() const final { return alignof(State); }
  void init(std::byte* state) const final { new (state) State(); }

 protected:
  [[nodiscard]] static State& at(std::byte* state) { return *reinterpret_cast<State*>(state); }
  [[nodiscard]] static const State& at(const std::byte* state) {
    return *reinterpret_cast<const State*>(state);
  }
};

// One maker per aggregate, each in the file of its name.
// REQUIRES: the column's argument is of a type that the aggregate takes.
[[nodiscard]] std::unique_ptr<Accumulator> make_count(const ColumnSpec& column);
[[nodiscard]] std::unique_ptr<Accumulator> make_sum(const ColumnSpec& column);
[[nodiscard]] std::unique_ptr<Accumulator> make_min(const ColumnSpec& column);
[[nodiscard]] std::unique_ptr<Accumulator> make_max(const ColumnSpec& column);
[[nodiscard]] std::unique_ptr<Accumulator> make_avg(const ColumnSpec& column);
[[nodiscard]] std::unique_ptr<Accumulator> make_ratio(const ColumnSpec& column);
[[nodiscard]] std::unique_ptr<Accumulator> make_last(const ColumnSpec& column);

}  // namespace tallymill
