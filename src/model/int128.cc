#include "model/int128.h"

#include <algorithm>

namespace tallymill {

std::string to_string(int128 number) {
  auto magnitude = static_cast<uint128>(number);
  if (number < 0) magnitude = -magnitude;
  std::string text;
  do {
    text += static_cast<char>('0' + static_cast<int>(magnitude % 10));
    magnitude /= 10;
  } while (magnitude != 0);
  if (number < 0) text += '-';
  std::reverse(text.begin(), text.end());
  return text;
}

std::optional<int128> parse_int128(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  // Counted downwards, because the smallest number has no positive twin.
  int128 number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    if (__builtin_mul_overflow(number, static_cast<int128>(10), &number)) return std::nullopt;
    if (__builtin_sub_overflow(number, static_cast<int128>(c - '0'), &number)) return std::nullopt;
  }
  if (negative) return number;
  int128 positive = 0;
  if (__builtin_sub_overflow(static_cast<int128>(0), number, &positive)) return std::nullopt;
  return positive;
}

}  // namespace tallymill
