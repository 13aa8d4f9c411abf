#include "aggregate/double_sum.h"

#include <bit>
#include <cmath>

namespace tallymill {
namespace {

constexpr int smallest_exponent = -1074;

}  // namespace

void DoubleSum::add(int128 number, std::size_t shift) {
  const bool negative = number < 0;
  auto magnitude = static_cast<uint128>(number);
  if (negative) magnitude = -magnitude;
  const std::size_t at = shift / 64;
  const std::size_t offset = shift % 64;
  const uint128 low = magnitude << offset;
  const auto top = static_cast<std::uint64_t>(offset == 0 ? 0 : magnitude >> (128 - offset));
  const std::array<std::uint64_t, 3> parts = {static_cast<std::uint64_t>(low),
                                              static_cast<std::uint64_t>(low >> 64), top};
  bool carry = false;
  for (std::size_t i = at; i < limbs && (i < at + parts.size() || carry); ++i) {
    const std::uint64_t part = i < at + parts.size() ? parts[i - at] : 0;
    std::uint64_t& limb = limb_[i];
    bool first = false;
    bool second = false;
    if (negative) {
      first = __builtin_sub_overflow(limb, part, &limb);
      second = __builtin_sub_overflow(limb, std::uint64_t{carry}, &limb);
    } else {
      first = __builtin_add_overflow(limb, part, &limb);
      second = __builtin_add_overflow(limb, std::uint64_t{carry}, &limb);
    }
    carry = first || second;
  }
}

void DoubleSum::add(const DoubleSum& other) {
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < limbs; ++i) {
    std::uint64_t sum = 0;
    const bool first = __builtin_add_overflow(limb_[i], other.limb_[i], &sum);
    const bool second = __builtin_add_overflow(sum, carry, &limb_[i]);
    carry = first || second ? 1 : 0;
  }
}

double DoubleSum::value() const {
  std::array<std::uint64_t, limbs> magnitude = limb_;
  const bool negative = (magnitude.back() >> 63) != 0;
  if (negative) {
    std::uint64_t carry = 1;
    for (std::uint64_t& one : magnitude) carry = __builtin_add_overflow(~one, carry, &one) ? 1 : 0;
  }
  std::size_t top = limbs;
  while (top > 0 && magnitude[top - 1] == 0) --top;
  if (top == 0) return 0.0;
  const std::size_t highest =
      (top - 1) * 64 + 63 - static_cast<std::size_t>(std::countl_zero(magnitude[top - 1]));
  const auto bit = [&](std::size_t i) { return (magnitude[i / 64] >> (i % 64)) & 1; };

  // 53 bits from the highest one down, or as many as there are.
  const std::size_t lowest = highest >= 52 ? highest - 52 : 0;
  std::uint64_t mantissa = 0;
  for (std::size_t i = highest + 1; i-- > lowest;) mantissa = (mantissa << 1) | bit(i);
  if (lowest > 0 && bit(lowest - 1) == 1) {
    bool more = (mantissa & 1) == 1;
    for (std::size_t i = lowest - 1; !more && i-- > 0;) more = bit(i) == 1;
    if (more) ++mantissa;
  }
  const double rounded =
      std::ldexp(static_cast<double>(mantissa), static_cast<int>(lowest) + smallest_exponent);
  return negative ? -rounded : rounded;
}

}  // namespace tallymill
