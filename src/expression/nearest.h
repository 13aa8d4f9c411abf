#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace tallymill::expression {

// The candidate that `word` is most likely a slip of: at most a third of its letters inserted, left
// out, changed or swapped, case not counted. Nothing if there is none.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> candidates);

}  // namespace tallymill::expression
