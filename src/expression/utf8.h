#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tallymill::expression {

// Whether the bytes are UTF-8 as Postgres takes it: no overlong form, no surrogate, nothing above
// U+10FFFF.
[[nodiscard]] bool is_valid_utf8(std::string_view bytes);

// REQUIRES: `text` is valid UTF-8.
[[nodiscard]] std::size_t count_code_points(std::string_view text);

// The longest beginning of at most so many bytes that cuts no character. REQUIRES: `text` is valid UTF-8.
[[nodiscard]] std::string_view prefix(std::string_view text, std::size_t most_bytes);

// REQUIRES: `text` is valid UTF-8 and not empty.
[[nodiscard]] std::uint32_t first_code_point(std::string_view text);

// REQUIRES: `code_point` is neither a surrogate nor above U+10FFFF.
void append_utf8(std::string& text, std::uint32_t code_point);

}  // namespace tallymill::expression
