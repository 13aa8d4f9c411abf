#pragma once

// Writing text into a buffer that is known to be large enough.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tallymill::generate {

inline char* put(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

// Writes exactly `width` digits, with leading zeros. REQUIRES: 0 <= number < 10^width.
inline char* put_digits(char* out, std::int64_t number, std::size_t width) {
  for (std::size_t i = width; i > 0; --i) {
    out[i - 1] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
  return out + width;
}

// Writes a number without leading zeros. REQUIRES: number >= 0.
inline char* put_number(char* out, std::int64_t number) {
  std::size_t width = 1;
  for (std::int64_t rest = number; rest >= 10; rest /= 10) ++width;
  return put_digits(out, number, width);
}

// Writes 16 hexadecimal digits.
inline char* put_hex(char* out, std::uint64_t number) {
  static constexpr char digits[] = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) *out++ = digits[(number >> shift) & 15U];
  return out;
}

}  // namespace tallymill::generate
