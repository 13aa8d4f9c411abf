#pragma once

// Gives every expression of one pipeline its types. Fields may be undeclared: then their uses
// decide, over all expressions together, to a fixed point. In this order: an operand or argument
// whose type is known (a declared field, a string literal, startsWith ...); a conversion
// (decimal(x) says that x is a decimal); a number to compare or calculate with (x > 3). A field
// forced by nothing is a string as a group key, and a problem as an aggregate's numeric argument
// or where two such fields meet. Two forced types that differ are a problem at the second place.
// Numeric literals take the type of the other operand; an int beside a decimal becomes one.
//
// The rule for null and missing. A field that is there and null has the value null; a field that
// is not there is missing. has(x) is what tells them apart: true for null, false for missing.
// ==, != and `in` take both for the same thing: they equal each other and the literal null, and
// nothing else. coalesce() passes over both; a group key turns both into one group, NULL;
// aggregates ignore both. `c ? a : b`, a derive and a bare field hand them on. Everywhere else (an
// ordering, arithmetic, a function's argument, a condition) both are the record's error,
// null_operand, which && and || absorb if their other side decides.
// Only an optional field is ever null or missing here; for others the decoder has rejected the
// record. An undeclared field is optional exactly if some expression of the pipeline asks: has(x),
// coalesce(x, ...), x == null, x != null or x in [..., null].

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "expression/ast.h"
#include "model/field.h"

namespace tallymill::expression {

// What the place that an expression stands in asks of its type.
enum class Use {
  condition,         // boolean
  group_key,         // any but double; default string
  numeric_argument,  // int64, decimal, float64; a field forced by nothing is a problem
  ordered_argument,  // any; a field forced by nothing is a problem
  any_argument,      // any; default string
  derived,           // any; default string
};

class Typing {
 public:
  // `declared` come first in fields(), in their order. `derives` are names that expressions may
  // use; their trees are added with add_derive. `lookups` are the names lookup() may use.
  Typing(std::vector<Field> declared, std::vector<std::string> derives,
         std::vector<std::string> lookups);
  ~Typing();
  Typing(Typing&&) noexcept;
  Typing& operator=(Typing&&) noexcept;

  // Says that what this lookup gives may be null or missing: it has on_miss: keep, or its rows hold nulls.
  void may_be_absent(std::size_t lookup);

  // The trees are annotated in place by resolve(). `owner` is handed back with each problem.
  void add_derive(std::size_t derive, NodePtr tree, std::size_t owner);
  void add(NodePtr tree, Use use, std::size_t owner);

  // REQUIRES: called once, after all trees were added. Returns every problem with its owner.
  [[nodiscard]] std::vector<std::pair<std::size_t, Problem>> resolve();

  // Valid after resolve(): undeclared fields that are most likely misspelt, each once, with the owner of
  // its first use.
  [[nodiscard]] std::vector<std::pair<std::size_t, Problem>> doubts() const;

  // Valid after resolve(): declared and undeclared fields; a node's `index` counts into it.
  [[nodiscard]] const std::vector<Field>& fields() const;
  // Columns that lookup() asks of each lookup, each once, with the owner and place of the first
  // use. The k-th of a lookup is the k-th entry of LookupBinding::columns.
  struct LookupColumn {
    std::size_t lookup;
    std::string column;
    std::size_t owner;
    Span span;
  };
  [[nodiscard]] const std::vector<LookupColumn>& lookup_columns() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tallymill::expression
