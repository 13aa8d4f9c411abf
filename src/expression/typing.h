#pragma once

// Gives every expression of one pipeline its types. Fields may be undeclared: then their uses
// decide (a comparison with a literal, arithmetic with a typed operand, decimal(), startsWith ...),
// over all expressions together, to a fixed point. A field forced by nothing is a string as a
// group key, and a problem as an aggregate's numeric argument. Two forced types that differ are a
// problem at the second place. Numeric literals take the type of the other operand.
//
// One rule for null and missing: they pass only through ==, !=, in, has(), coalesce(), group keys
// (nullable) and aggregates' arguments (which ignore them); anywhere else they are the record's
// error. A field that is not optional is never missing or null here, the decoder has rejected the
// record; unless the only uses of an undeclared field are has() and coalesce() arguments, which
// make it optional.

#include <cstddef>
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

  // The trees are annotated in place by resolve(). `owner` is handed back with each problem.
  void add_derive(std::size_t derive, NodePtr tree, std::size_t owner);
  void add(NodePtr tree, Use use, std::size_t owner);

  // REQUIRES: called once, after all trees were added. Returns every problem with its owner.
  [[nodiscard]] std::vector<std::pair<std::size_t, Problem>> resolve();

  // Valid after resolve(): declared and undeclared fields; a node's `index` counts into it.
  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }
  // Columns that lookup() asks of each lookup, with the owner and place of the first use.
  struct LookupColumn {
    std::size_t lookup;
    std::string column;
    std::size_t owner;
    Span span;
  };
  [[nodiscard]] const std::vector<LookupColumn>& lookup_columns() const { return lookup_columns_; }

 private:
  std::vector<Field> fields_;
  std::vector<LookupColumn> lookup_columns_;
};

}  // namespace tallymill::expression
