#pragma once

#include <cstdint>
#include <random>

#include "model/decimal.h"

namespace tallymill {

using Random = std::mt19937_64;

constexpr int128 ten_to(int exponent) {
  int128 power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

// Of any length and scale, with the ends of the range, zeros and round numbers among them.
inline Decimal random_decimal(Random& random) {
  const auto scale = static_cast<std::uint8_t>(random() % 39);
  const int digits = static_cast<int>(random() % 39);
  int128 coefficient = 0;
  switch (random() % 8) {
    case 0: coefficient = ten_to(38) - 1; break;
    case 1: coefficient = ten_to(static_cast<int>(random() % 38)); break;
    case 2: coefficient = static_cast<int128>(random() % 10) * ten_to(static_cast<int>(random() % 37)); break;
    default:
      coefficient = static_cast<int128>(((static_cast<uint128>(random()) << 64) | random()) >> 1) %
                    (digits == 38 ? ten_to(38) : ten_to(digits));
  }
  return {random() % 2 == 0 ? coefficient : -coefficient, scale};
}

}  // namespace tallymill
