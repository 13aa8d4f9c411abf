#include "aggregate/double_sum.h"

#include <bit>
#include <cmath>

namespace tallymill {
namespace {

constexpr int smallest_exponent = -1074;

}  // namespace

void DoubleSum::add(double number) {
  const auto bits = std::bit_cast<std::uint64_t>(number);
  const auto exponent = static_cast<std::size_t>((bits >> 52) & 0x7ff);
  std::uint64_t mantissa = bits & ((std::uint64_t{1} << 52) - 1);
  // Subnormal numbers share the exponent of the smallest normal ones.
  if (exponent != 0) mantissa |= std::uint64_t{1} << 52;
  const std::size_t shift = exponent == 0 ? 0 : exponent - 1;
  const std::size_t at = shift / 64;
  const std::size_t offset = shift % 64;
  const std::uint64_t low = mantissa << offset;
  const std::uint64_t high = offset == 0 ? 0 : mantissa >> (64 - offset);

  if ((bits >> 63) == 0) {
    bool carry = __builtin_add_overflow(limb_[at], low, &limb_[at]);
    std::uint64_t next = high + (carry ? 1 : 0);  // high < 2^53: cannot overflow.
    for (std::size_t i = at + 1; next != 0 && i < limbs; ++i) {
      carry = __builtin_add_overflow(limb_[i], next, &limb_[i]);
      next = carry ? 1 : 0;
    }
    return;
  }
  bool borrow = __builtin_sub_overflow(limb_[at], low, &limb_[at]);
  std::uint64_t next = high + (borrow ? 1 : 0);
  for (std::size_t i = at + 1; next != 0 && i < limbs; ++i) {
    borrow = __builtin_sub_overflow(limb_[i], next, &limb_[i]);
    next = borrow ? 1 : 0;
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
