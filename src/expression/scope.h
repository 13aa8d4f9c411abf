#pragma once

// What typing knows of one pipeline's expressions while it works: the names, the trees, and the
// problems found so far. bind.cc and derive_order.cc fill it, infer.cc decides types,
// check_types.cc finds problems.

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "expression/ast.h"
#include "expression/typing.h"
#include "model/field.h"

namespace tallymill::expression {

// What typing knows of a field beside the Field itself.
struct FieldFacts {
  bool typed = false;      // Its type is decided: declared, or forced by a use.
  bool asked = false;      // Some expression asks whether it is there.
  bool reported = false;   // There is a problem that names it already.
  std::string forced_by;   // The expression that decided the type.
  std::size_t owner = 0;   // Of its first use, if it is undeclared; and the place there.
  Span first_use;
};

struct Root {
  NodePtr tree;
  Use use = Use::derived;
  std::size_t owner = 0;
};

struct Scope {
  std::vector<Field> fields;
  std::vector<FieldFacts> facts;  // One per field.
  std::vector<std::string> derives;
  std::vector<std::optional<Root>> derive_roots;  // One per derive; nothing: unknown, or a cycle.
  std::vector<std::size_t> derive_order;          // Each behind those that it uses.
  std::vector<std::string> lookups;
  std::vector<bool> lookup_may_be_absent;
  std::vector<Typing::LookupColumn> lookup_columns;
  std::vector<Root> roots;  // All others.

  std::set<const Node*> broken;  // Nodes with a problem: whatever holds them is silent.
  std::vector<std::pair<std::size_t, Problem>> problems;

  void report(std::size_t owner, Span span, std::string message) {
    problems.emplace_back(owner, Problem{span, std::move(message)});
  }
};

// Gives every path, call and lookup its meaning.
void bind_names(Scope& scope);

// Fills derive_order, and finds derives that use each other in circles. REQUIRES: names are bound.
void order_derives(Scope& scope);

// Decides the types of nodes and undeclared fields, to a fixed point. What stays Type::missing is
// forced by nothing.
void infer_types(Scope& scope);

// Finds every problem of type, and sets what is left in nodes: literals' values, `optional`.
// REQUIRES: names are bound, types are inferred.
void check_types(Scope& scope);


}  // namespace tallymill::expression
