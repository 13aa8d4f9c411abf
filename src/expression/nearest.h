#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tallymill::expression {

// The candidate that `word` is most likely a slip of: at most a third of its letters inserted, left
// out, changed or swapped, case not counted. Nothing if there is none.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> candidates);

// "; did you mean X?", or, where nothing is near, "; OTHERWISE a, b, c".
[[nodiscard]] std::string hint(std::string_view word, std::span<const std::string_view> candidates,
                               std::string_view otherwise);

}  // namespace tallymill::expression
