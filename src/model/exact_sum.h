#pragma once

// A running sum of int64 and Decimal values that cannot overflow in any batch that fits a machine:
// 320 bits at one scale, rescaled upwards when a finer value arrives.

#include <array>
#include <cstdint>
#include <string>

#include "model/decimal.h"

namespace tallymill {

class ExactSum {
 public:
  void add(std::int64_t number);
  void add(const Decimal& number);
  void add(const ExactSum& other);

  [[nodiscard]] bool negative() const { return (limbs_.back() >> 63) != 0; }
  [[nodiscard]] std::uint8_t scale() const { return scale_; }

  // Digits of the magnitude, most significant first, without sign or point; "0" for zero.
  [[nodiscard]] std::string digits() const;
  // Plain decimal text: "-12.50".
  [[nodiscard]] std::string str() const;

  // By value: the same sum at two scales is equal.
  friend bool operator==(const ExactSum& a, const ExactSum& b);

 private:
  void raise_scale(std::uint8_t scale);

  std::array<std::uint64_t, 5> limbs_{};  // Two's complement, least significant first.
  std::uint8_t scale_ = 0;
};

}  // namespace tallymill
