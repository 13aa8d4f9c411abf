#include "aggregate/running_sum.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <new>
#include <optional>

namespace tallymill {
namespace {

// What is left between the lowest bit of the first double and the lowest bit of the window: later
// ones may be so much finer.
constexpr int finer_bits = 32;

// number * 2^up, if that is a whole number of 128 bits.
std::optional<int128> shifted(int128 number, int up) {
  if (up >= 128 || up <= -128) return std::nullopt;
  if (up >= 0) {
    const auto moved = static_cast<int128>(static_cast<uint128>(number) << up);
    if (moved >> up != number) return std::nullopt;
    return moved;
  }
  const int128 moved = number >> -up;
  if (static_cast<int128>(static_cast<uint128>(moved) << -up) != number) return std::nullopt;
  return moved;
}

// The coefficient of the same number at a scale finer by so many digits, if it fits.
std::optional<int128> rescaled(int128 coefficient, int by) {
  for (; by > 0; --by) {
    if (__builtin_mul_overflow(coefficient, int128{10}, &coefficient)) return std::nullopt;
  }
  return coefficient;
}

}  // namespace

Value IntegerSum::bigint_value() const {
  const bool fits = sum_ >= std::numeric_limits<std::int64_t>::min() &&
                    sum_ <= std::numeric_limits<std::int64_t>::max();
  return fits ? Value::of(static_cast<std::int64_t>(sum_)) : value();
}

ExactSum& DecimalSum::widen(Arena& arena) {
  if (wide_ == nullptr) {
    wide_ = new (arena.allocate(sizeof(ExactSum))) ExactSum();
    wide_->add(Decimal(sum_, scale_));
  }
  return *wide_;
}

void DecimalSum::add_scaled(const Decimal& number, Arena& arena) {
  if (wide_ == nullptr) {
    const std::uint8_t scale = std::max(scale_, number.scale());
    const auto sum = rescaled(sum_, scale - scale_);
    const auto added = rescaled(number.coefficient(), scale - number.scale());
    if (sum && added) {
      const DecimalSum before = *this;
      sum_ = *sum;
      scale_ = scale;
      if (add_narrow(*added)) return;
      *this = before;
    }
  }
  widen(arena).add(number);
}

void DecimalSum::add(const DecimalSum& other, Arena& arena) {
  if (other.wide_ != nullptr) {
    widen(arena).add(*other.wide_);
  } else {
    add_scaled({other.sum_, other.scale_}, arena);
  }
}

Value DecimalSum::value() const {
  if (wide_ == nullptr) return Value::of(Decimal(sum_, scale_));
  const auto narrow = wide_->digits().size() <= Decimal::max_digits
                          ? Decimal::parse(wide_->str())
                          : std::nullopt;
  return narrow ? Value::of(*narrow) : Value::of(wide_);
}

void FloatSum::add(const Value& value, Arena& arena) {
  const auto bits = std::bit_cast<std::uint64_t>(value.float64());
  const int exponent = static_cast<int>((bits >> 52) & 0x7ff);
  std::uint64_t mantissa = bits & ((std::uint64_t{1} << 52) - 1);
  // Subnormal numbers share the exponent of the smallest normal ones.
  if (exponent != 0) mantissa |= std::uint64_t{1} << 52;
  if (mantissa == 0) return;
  const int shift = std::max(0, exponent - 1);
  if (shift_ < 0) shift_ = std::max(0, shift - finer_bits);
  const auto number = static_cast<int128>(mantissa);
  add((bits >> 63) == 0 ? number : -number, shift, arena);
}

void FloatSum::add(int128 number, int shift, Arena& arena) {
  if (wide_ == nullptr) {
    const auto moved = shifted(number, shift - shift_);
    int128 sum = 0;
    if (moved && !__builtin_add_overflow(window_, *moved, &sum)) [[likely]] {
      window_ = sum;
      return;
    }
  }
  widen(arena).add(number, static_cast<std::size_t>(shift));
}

void FloatSum::add(const FloatSum& other, Arena& arena) {
  if (other.shift_ < 0) return;
  if (other.wide_ != nullptr) {
    widen(arena).add(*other.wide_);
    shift_ = std::max(0, shift_);
    return;
  }
  if (shift_ < 0) shift_ = other.shift_;
  add(other.window_, other.shift_, arena);
}

DoubleSum& FloatSum::widen(Arena& arena) {
  if (wide_ == nullptr) {
    wide_ = new (arena.allocate(sizeof(DoubleSum))) DoubleSum();
    if (window_ != 0) wide_->add(window_, static_cast<std::size_t>(shift_));
  }
  return *wide_;
}

Value FloatSum::value() const {
  if (wide_ != nullptr) return Value::of(wide_->value());
  // Rounded once: scaling is exact, since nothing in the window is finer than the smallest double.
  constexpr int smallest_exponent = -1074;
  return Value::of(std::ldexp(static_cast<double>(window_), std::max(0, shift_) + smallest_exponent));
}

}  // namespace tallymill
