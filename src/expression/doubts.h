#pragma once

// Fields that are most likely misspelt. A field need not be declared, so that a misspelt one is legal: it
// would be missing from every record, and a group of its own, silently.

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "expression/scope.h"

namespace tallymill::expression {

// Whether a name is another with one slip of the pen in it: case and underscores aside the same; or one
// letter left out, one too many or two swapped, in a word of four letters or more; or one changed, in a
// word of six. Shorter words are another word when a letter changes (user_id, user_ip; date, rate), and
// so are digits (price1, price2).
[[nodiscard]] bool is_slip(std::string_view written, std::string_view meant);

// Each undeclared field that is a slip of one that the pipeline declares or derives, at its first use. A
// doubt and no problem: records may hold both, and whoever then declares both is asked no more.
// REQUIRES: names are bound.
[[nodiscard]] std::vector<std::pair<std::size_t, Problem>> find_doubts(const Scope& scope);

}  // namespace tallymill::expression
