#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tallymill {

// Returns the digits of the number at `path` exactly as the document spells them, or nothing. Only
// for decimals with a fraction, which a parsed tree knows as doubles. `padded` has room behind
// `size` for the parser to look at. REQUIRES: the document is valid and has a number there.
[[nodiscard]] std::string raw_number(const char* padded, std::size_t size, std::size_t capacity,
                                     const std::vector<std::string>& path);

// What the parser gives as a number's token, without the white space behind it.
[[nodiscard]] inline std::string_view number_in(std::string_view token) {
  return token.substr(0, token.find_first_of(" \t\r\n"));
}

}  // namespace tallymill
