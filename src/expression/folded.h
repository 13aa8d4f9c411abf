#pragma once

namespace tallymill::expression {

// A letter of ASCII as a small one; anything else as it is.
[[nodiscard]] constexpr char folded(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace tallymill::expression
