#pragma once

// Running sums by type of argument, shared by sum(x) and avg(x). Each is exact within a batch: its
// value depends on what was added, never on the order. All have the same members; what a value
// points to lives in the sum or in the arena.

#include <cstdint>

#include "aggregate/arena.h"
#include "aggregate/double_sum.h"
#include "model/exact_sum.h"
#include "model/int128.h"
#include "model/value.h"

namespace tallymill {

// Integers: 10^19 of the largest ones have room.
class IntegerSum {
 public:
  void add(const Value& value, Arena& /*arena*/) { sum_ += value.int64(); }
  void add(const IntegerSum& other, Arena& /*arena*/) { sum_ += other.sum_; }

  [[nodiscard]] Value value() const { return Value::of(Decimal(sum_, 0)); }
  // As int64 where it fits.
  [[nodiscard]] Value bigint_value() const;

 private:
  int128 sum_ = 0;
};

// Decimals, at the finest scale that was added: 128 bits while 38 digits are enough, 320 in the
// arena beyond. The value is a decimal exactly if it fits one.
class DecimalSum {
 public:
  void add(const Value& value, Arena& arena) {
    const Decimal number = value.decimal();
    if (wide_ == nullptr && number.scale() == scale_) [[likely]] {
      if (add_narrow(number.coefficient())) [[likely]] return;
    }
    add_scaled(number, arena);
  }
  void add(const DecimalSum& other, Arena& arena);

  [[nodiscard]] Value value() const;

 private:
  bool add_narrow(int128 coefficient);
  void add_scaled(const Decimal& number, Arena& arena);
  ExactSum& widen(Arena& arena);

  int128 sum_ = 0;  // Fewer than 39 digits. Meaningless once there is `wide_`.
  ExactSum* wide_ = nullptr;
  std::uint8_t scale_ = 0;
};

// Doubles, rounded once, when asked. Numbers of about the size of the first one are added in 128
// bits; one of very different size moves the sum to the arena, where it has room for all.
class FloatSum {
 public:
  void add(const Value& value, Arena& arena);
  void add(const FloatSum& other, Arena& arena);

  // The nearest double, ties to even. Infinite if the exact sum is beyond the largest double.
  [[nodiscard]] Value value() const;

 private:
  // Adds number * 2^(shift - 1074).
  void add(int128 number, int shift, Arena& arena);
  DoubleSum& widen(Arena& arena);

  int128 window_ = 0;  // In units of 2^(shift_ - 1074). Meaningless once there is `wide_`.
  DoubleSum* wide_ = nullptr;
  int shift_ = -1;  // Negative: nothing was added.
};

inline bool DecimalSum::add_narrow(int128 coefficient) {
  constexpr int128 limit = static_cast<int128>(10000000000000000000U) * 10000000000000000000U;
  int128 sum = 0;
  if (__builtin_add_overflow(sum_, coefficient, &sum) || sum >= limit || sum <= -limit) {
    return false;
  }
  sum_ = sum;
  return true;
}

}  // namespace tallymill
