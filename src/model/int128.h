#pragma once

// The compiler's 128-bit integers under names that -Wpedantic accepts, and their decimal text.

#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace tallymill {

__extension__ using int128 = __int128;
__extension__ using uint128 = unsigned __int128;

[[nodiscard]] std::string to_string(int128 number);
// Returns nothing unless the whole text is an optional '-' and digits that fit.
[[nodiscard]] std::optional<int128> parse_int128(std::string_view text);

}  // namespace tallymill
