#pragma once

// CEL's binary operators and how tightly they bind, for the parser and the printer.

#include <array>
#include <string_view>

namespace tallymill::expression {

struct BinaryOperator {
  std::string_view text;
  int precedence;  // The higher, the tighter. All are left-associative.
};

inline constexpr int conditional_precedence = 0;
inline constexpr int unary_precedence = 6;
inline constexpr int primary_precedence = 7;

inline constexpr std::array<BinaryOperator, 14> binary_operators = {{
    {"||", 1}, {"&&", 2},
    {"==", 3}, {"!=", 3}, {"<", 3}, {"<=", 3}, {">", 3}, {">=", 3}, {"in", 3},
    {"+", 4},  {"-", 4},
    {"*", 5},  {"/", 5},  {"%", 5},
}};

// Returns null if `text` is no binary operator.
[[nodiscard]] constexpr const BinaryOperator* find_binary_operator(std::string_view text) {
  for (const BinaryOperator& op : binary_operators)
    if (op.text == text) return &op;
  return nullptr;
}

}  // namespace tallymill::expression
