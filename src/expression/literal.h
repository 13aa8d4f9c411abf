#pragma once

// Numeric literals: what they are worth, and how they are negated, spelled and adapted.

#include <optional>
#include <string>
#include <string_view>

#include "expression/ast.h"

namespace tallymill::expression {

// Of a numeric literal's spelling ("12", "-0x1F", "1.5e3"): an int64 or a float64. Nothing if it
// does not fit.
[[nodiscard]] std::optional<Value> read_number(std::string_view spelling);

// "-" put before a spelling, or taken away.
[[nodiscard]] std::string negate_spelling(std::string_view spelling);

// The one spelling of the number: exact, a floating literal always with a point or an exponent.
[[nodiscard]] std::string canonical_spelling(const Node& literal);

// What the literal is worth as a `type`; nothing if it is not exactly representable, except that
// any floating literal rounds to a float64. REQUIRES: the node is a numeric literal, `type` is
// int64, decimal or float64.
[[nodiscard]] std::optional<Value> adapt_literal(const Node& literal, Type type);

// A literal number as the text spells it. False for nodes of other kinds.
[[nodiscard]] bool is_numeric_literal(const Node& node);
[[nodiscard]] bool is_null_literal(const Node& node);

}  // namespace tallymill::expression
