#pragma once

// The exact sum of any number of finite doubles, rounded once at the end: a fixed-point number wide
// enough for every bit that a double can have (Kulisch's long accumulator). The order of addition
// does not matter.

#include <array>
#include <cstddef>
#include <cstdint>

#include "model/int128.h"

namespace tallymill {

class DoubleSum {
 public:
  // Adds number * 2^(shift - 1074). REQUIRES: that is the sum of finite doubles.
  void add(int128 number, std::size_t shift);
  void add(const DoubleSum& other);

  // The nearest double, ties to even; infinite if the sum is beyond the largest. Zero is +0.
  [[nodiscard]] double value() const;

 private:
  // Bit 0 is worth 2^-1074, the smallest double; 2,098 bits hold the largest, the rest is room for
  // 2^77 additions and the sign, in two's complement.
  static constexpr std::size_t limbs = 34;
  std::array<std::uint64_t, limbs> limb_{};
};

}  // namespace tallymill
