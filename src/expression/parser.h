#pragma once

#include <cstddef>
#include <string_view>
#include <variant>

#include "expression/ast.h"

namespace tallymill::expression {

inline constexpr std::size_t max_expression_bytes = 64 * 1024;

// Parses a whole expression. The grammar and precedence are CEL's; nesting is limited to
// max_depth, the text to max_expression_bytes. Names are not looked at: that is typing's.
[[nodiscard]] std::variant<NodePtr, Problem> parse(std::string_view text);

}  // namespace tallymill::expression
