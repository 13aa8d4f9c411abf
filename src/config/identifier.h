#pragma once

#include <string>
#include <string_view>

namespace tallymill {

// Bytes of a name in Postgres; it would cut longer ones, and two could become one.
inline constexpr std::size_t max_identifier_bytes = 63;

// What keeps a text from being a name in Postgres and in expressions; empty if nothing does.
[[nodiscard]] std::string identifier_problem(std::string_view text);

}  // namespace tallymill
