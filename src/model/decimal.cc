#include "model/decimal.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "model/wide_integer.h"

namespace tallymill {
namespace {

constexpr int128 power_of_ten(int exponent) {
  int128 power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

constexpr int128 limit = power_of_ten(19) * power_of_ten(19);  // 10^38

uint128 magnitude_of(int128 number) {
  const auto unsigned_number = static_cast<uint128>(number);
  return number < 0 ? -unsigned_number : unsigned_number;
}

// Gives up trailing zeros behind the point until the magnitude has at most 38 digits.
std::optional<Decimal> fit(WideInteger magnitude, int scale, bool negative) {
  const WideInteger bound = WideInteger::from(static_cast<uint128>(limit));
  while (scale > Decimal::max_scale || magnitude.compare(bound) >= 0) {
    if (scale == 0) return std::nullopt;
    if (magnitude.divide(10) != 0) return std::nullopt;
    --scale;
  }
  const auto coefficient = static_cast<int128>(magnitude.low_128());
  return Decimal(negative ? -coefficient : coefficient, static_cast<std::uint8_t>(scale));
}

// Digits gathered in one machine word before a wide integer takes them.
class DigitChunk {
 public:
  // REQUIRES: digit is 0 to 9, and the chunk is not full.
  void add(int digit) {
    number_ = number_ * 10 + static_cast<std::uint64_t>(digit);
    power_ *= 10;
  }
  [[nodiscard]] bool full() const { return power_ == 1'000'000'000'000'000'000; }
  // Appends the digits to `wide` and starts anew.
  void move_to(WideInteger& wide) {
    wide.multiply(power_);
    wide.add(WideInteger::from(number_));
    *this = DigitChunk();
  }

 private:
  std::uint64_t number_ = 0;
  std::uint64_t power_ = 1;
};

WideInteger scaled_magnitude(const Decimal& number, int scale) {
  WideInteger wide = WideInteger::from(magnitude_of(number.coefficient()));
  wide.multiply_by_power_of_ten(scale - number.scale());
  return wide;
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  WideInteger magnitude;
  DigitChunk chunk;
  int scale = 0;
  std::size_t digits = 0;
  std::size_t significant = 0;
  bool behind_point = false;
  std::size_t i = 0;
  for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
    if (text[i] == '.') {
      if (behind_point || digits == 0) return std::nullopt;
      behind_point = true;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    ++digits;
    if (significant > 0 || text[i] != '0') ++significant;
    if (significant > 80) return std::nullopt;  // Cannot fit, and must not wrap around.
    if (chunk.full()) chunk.move_to(magnitude);
    chunk.add(text[i] - '0');
    if (behind_point) ++scale;
  }
  chunk.move_to(magnitude);
  if (digits == 0 || text[i - 1] == '.') return std::nullopt;
  if (i < text.size()) {
    std::string_view exponent = text.substr(i + 1);
    const bool minus = !exponent.empty() && exponent.front() == '-';
    if (minus || (!exponent.empty() && exponent.front() == '+')) exponent.remove_prefix(1);
    if (exponent.empty() || exponent.find_first_not_of("0123456789") != std::string_view::npos) {
      return std::nullopt;
    }
    exponent.remove_prefix(std::min(exponent.find_first_not_of('0'), exponent.size()));
    if (exponent.size() > 5 && !magnitude.zero()) return std::nullopt;
    int shift = 0;
    for (const char c : exponent.substr(0, 5)) shift = shift * 10 + (c - '0');
    scale += minus ? shift : -shift;
  }
  if (magnitude.zero()) return Decimal(0, static_cast<std::uint8_t>(std::clamp(scale, 0, max_scale)));
  if (scale < 0) {
    if (significant + static_cast<std::size_t>(-scale) > 80) {
      return std::nullopt;
    }
    magnitude.multiply_by_power_of_ten(-scale);
    scale = 0;
  }
  return fit(magnitude, scale, negative);
}

Decimal Decimal::normalized() const {
  Decimal shorter = *this;
  while (shorter.scale_ > 0 && shorter.coefficient_ % 10 == 0) {
    shorter.coefficient_ /= 10;
    --shorter.scale_;
  }
  return shorter;
}

double Decimal::to_double() const { return std::strtod(str().c_str(), nullptr); }

std::optional<std::int64_t> Decimal::to_int64() const {
  int128 whole = coefficient_;
  for (int i = 0; i < scale_ && whole != 0; ++i) whole /= 10;
  if (whole > std::numeric_limits<std::int64_t>::max() ||
      whole < std::numeric_limits<std::int64_t>::min()) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(whole);
}

std::string Decimal::str() const {
  std::string text = to_string(static_cast<int128>(magnitude_of(coefficient_)));
  if (scale_ > 0) {
    if (text.size() <= scale_) text.insert(0, scale_ + 1U - text.size(), '0');
    text.insert(text.size() - scale_, 1, '.');
  }
  return coefficient_ < 0 ? "-" + text : text;
}

std::optional<Decimal> Decimal::add(const Decimal& a, const Decimal& b) {
  const int scale = std::max(a.scale_, b.scale_);
  WideInteger sum = scaled_magnitude(a, scale);
  if (a.coefficient_ < 0) sum.negate();
  WideInteger other = scaled_magnitude(b, scale);
  if (b.coefficient_ < 0) other.negate();
  sum.add(other);
  const bool negative = (sum.limb.back() >> 63) != 0;
  if (negative) sum.negate();
  return fit(sum, scale, negative);
}

std::optional<Decimal> Decimal::subtract(const Decimal& a, const Decimal& b) {
  return add(a, Decimal(-b.coefficient_, b.scale_));
}

std::optional<Decimal> Decimal::multiply(const Decimal& a, const Decimal& b) {
  const uint128 right = magnitude_of(b.coefficient_);
  WideInteger low = WideInteger::from(magnitude_of(a.coefficient_));
  WideInteger high = low;
  low.multiply(static_cast<std::uint64_t>(right));
  high.multiply(static_cast<std::uint64_t>(right >> 64));
  // The upper half counts 2^64 times as much: one limb further up. 10^76 leaves room for that.
  for (std::size_t i = WideInteger::limbs - 1; i > 0; --i) high.limb[i] = high.limb[i - 1];
  high.limb[0] = 0;
  low.add(high);
  return fit(low, a.scale_ + b.scale_, (a.coefficient_ < 0) != (b.coefficient_ < 0));
}

std::optional<Decimal> Decimal::divide(const Decimal& a, const Decimal& b) {
  if (b.coefficient_ == 0) return std::nullopt;
  if (a.coefficient_ == 0) return Decimal(0, 0);
  const uint128 dividend = magnitude_of(a.coefficient_);
  const uint128 divisor = magnitude_of(b.coefficient_);
  const auto digits = [](uint128 number) {
    return static_cast<int>(to_string(static_cast<int128>(number)).size());
  };
  // Enough digits behind the dividend for a quotient of at least 39: at most 77 in all.
  const int shift = std::max(0, digits(divisor) - digits(dividend) + 39);
  WideInteger quotient = WideInteger::from(dividend);
  quotient.multiply_by_power_of_ten(shift);
  quotient.divide_wide(divisor);
  int scale = a.scale_ - b.scale_ + shift;
  int length = 0;
  for (WideInteger left = quotient; !left.zero(); ++length) left.divide(10);
  const int dropped = std::max(length - max_digits, scale - max_scale);
  if (dropped > length) return Decimal(0, 0);
  if (dropped > 0) {
    WideInteger half = WideInteger::from(5);
    half.multiply_by_power_of_ten(dropped - 1);
    quotient.add(half);
    for (int i = 0; i < dropped; ++i) quotient.divide(10);
    scale -= dropped;
  }
  if (scale < 0) {
    if (length - dropped - scale > 76) return std::nullopt;
    quotient.multiply_by_power_of_ten(-scale);
    scale = 0;
  }
  const auto fitted = fit(quotient, scale, (a.coefficient_ < 0) != (b.coefficient_ < 0));
  if (!fitted) return std::nullopt;
  return fitted->normalized();
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  if ((a.coefficient_ < 0) != (b.coefficient_ < 0)) {
    return a.coefficient_ < 0 ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  if (a.scale_ == b.scale_) return a.coefficient_ <=> b.coefficient_;
  const int scale = std::max(a.scale_, b.scale_);
  const auto order = scaled_magnitude(a, scale).compare(scaled_magnitude(b, scale));
  if (a.coefficient_ >= 0) return order;
  return order == std::strong_ordering::less      ? std::strong_ordering::greater
         : order == std::strong_ordering::greater ? std::strong_ordering::less
                                                  : std::strong_ordering::equal;
}

}  // namespace tallymill
