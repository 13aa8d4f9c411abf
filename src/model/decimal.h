#pragma once

// An exact decimal number of at most 38 significant digits: coefficient * 10^-scale.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/int128.h"

namespace tallymill {

class Decimal {
 public:
  static constexpr int max_digits = 38;
  static constexpr int max_scale = 38;

  constexpr Decimal() = default;
  // REQUIRES: |coefficient| < 10^38, 0 <= scale <= 38.
  constexpr Decimal(int128 coefficient, std::uint8_t scale)
      : coefficient_(coefficient), scale_(scale) {}

  [[nodiscard]] constexpr int128 coefficient() const { return coefficient_; }
  [[nodiscard]] constexpr std::uint8_t scale() const { return scale_; }

  // "12.50" keeps its scale; exponents are accepted ("1e-3"). Returns nothing for anything that is
  // not a number, or does not fit exactly.
  [[nodiscard]] static std::optional<Decimal> parse(std::string_view text);
  [[nodiscard]] static Decimal from(std::int64_t number) { return {number, 0}; }

  // The same number with no trailing zeros behind the point: 12.50 becomes 12.5, -0 becomes 0.
  [[nodiscard]] Decimal normalized() const;
  [[nodiscard]] double to_double() const;
  // Truncates toward zero; nothing if it does not fit.
  [[nodiscard]] std::optional<std::int64_t> to_int64() const;
  [[nodiscard]] std::string str() const;

  // Each returns nothing when the exact result needs more than 38 digits; the quotient is rounded
  // half away from zero to 38 significant digits, and nothing when the divisor is zero.
  [[nodiscard]] static std::optional<Decimal> add(const Decimal& a, const Decimal& b);
  [[nodiscard]] static std::optional<Decimal> subtract(const Decimal& a, const Decimal& b);
  [[nodiscard]] static std::optional<Decimal> multiply(const Decimal& a, const Decimal& b);
  [[nodiscard]] static std::optional<Decimal> divide(const Decimal& a, const Decimal& b);

  // By value: 1.0 equals 1.00.
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }

 private:
  int128 coefficient_ = 0;
  std::uint8_t scale_ = 0;
};

}  // namespace tallymill
