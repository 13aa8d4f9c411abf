#pragma once

#include <string_view>
#include <variant>

#include "expression/ast.h"

namespace tallymill::expression {

// Parses a whole expression. The grammar and precedence are CEL's; nesting is limited to 64.
[[nodiscard]] std::variant<NodePtr, Problem> parse(std::string_view text);

}  // namespace tallymill::expression
