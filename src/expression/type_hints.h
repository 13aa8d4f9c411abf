#pragma once

// What a message about types adds: why a field has its type, and what to write instead.

#include <string>
#include <string_view>

#include "expression/ast.h"
#include "expression/scope.h"

namespace tallymill::expression {

[[nodiscard]] constexpr bool is_number(Type type) {
  return type == Type::int64 || type == Type::decimal || type == Type::float64;
}

// Why an undeclared field has the type that it has; empty for any other node.
[[nodiscard]] std::string declared_hint(const Scope& scope, const Node& node);
[[nodiscard]] std::string declared_hint(const Scope& scope, const Node& a, const Node& b);

// How to bring two types together; empty if there is no way.
[[nodiscard]] std::string conversion_hint(const Node& a, const Node& b);

// The problem of a field whose type nothing tells, with the line that would.
[[nodiscard]] std::string undecided_field_message(const Field& field, std::string_view type);

}  // namespace tallymill::expression
