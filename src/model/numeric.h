#pragma once

#include <string>
#include <string_view>

namespace tallymill {

// A decimal number of any length that calculates as Postgres's numeric does, decimals and rounding
// included. Slow: for a few rows that are shown where there is no Postgres.
class Numeric {
 public:
  // REQUIRES: digits with at most a minus before them, a point between them, and an exponent of at most
  // four digits behind them, as Decimal::str(), ExactSum::str() and std::to_chars() write.
  [[nodiscard]] static Numeric parse(std::string_view text);

  [[nodiscard]] bool zero() const { return digits_.empty(); }
  [[nodiscard]] std::string str() const;
  [[nodiscard]] Numeric negated() const;

  [[nodiscard]] static Numeric add(const Numeric& a, const Numeric& b);
  [[nodiscard]] static Numeric multiply(const Numeric& a, const Numeric& b);
  // REQUIRES: b is not zero.
  [[nodiscard]] static Numeric divide(const Numeric& a, const Numeric& b);

 private:
  Numeric(std::string digits, int scale, bool negative);

  std::string digits_;  // Of the magnitude, most significant first, without leading zeros.
  int scale_ = 0;       // How many of them, zeros before them included, are decimals.
  bool negative_ = false;
};

}  // namespace tallymill
