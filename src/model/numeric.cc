#include "model/numeric.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace tallymill {
namespace {

// Postgres's own bounds: significant digits of a quotient at least, decimals at most.
constexpr int least_digits = 16;
constexpr int most_decimals = 1000;

std::string without_leading_zeros(std::string digits) {
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

// Negative, zero or positive. Both without leading zeros.
int compare(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

std::string sum(std::string a, std::string b) {
  const std::size_t width = std::max(a.size(), b.size()) + 1;
  a.insert(0, width - a.size(), '0');
  b.insert(0, width - b.size(), '0');
  int carry = 0;
  for (std::size_t i = width; i-- > 0;) {
    const int digit = (a[i] - '0') + (b[i] - '0') + carry;
    a[i] = static_cast<char>('0' + digit % 10);
    carry = digit / 10;
  }
  return without_leading_zeros(std::move(a));
}

// REQUIRES: a >= b.
std::string difference(std::string a, std::string b) {
  b.insert(0, a.size() - b.size(), '0');
  int borrow = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    int digit = a[i] - b[i] - borrow;
    borrow = digit < 0 ? 1 : 0;
    digit += borrow * 10;
    a[i] = static_cast<char>('0' + digit);
  }
  return without_leading_zeros(std::move(a));
}

std::string product(const std::string& a, const std::string& b) {
  std::string digits(a.size() + b.size(), '0');
  for (std::size_t i = a.size(); i-- > 0;) {
    int carry = 0;
    for (std::size_t j = b.size(); j-- > 0;) {
      const int digit = (a[i] - '0') * (b[j] - '0') + (digits[i + j + 1] - '0') + carry;
      digits[i + j + 1] = static_cast<char>('0' + digit % 10);
      carry = digit / 10;
    }
    digits[i] = static_cast<char>('0' + carry);
  }
  return without_leading_zeros(std::move(digits));
}

// By hand, digit by digit; rounded half up. REQUIRES: the divisor is not zero.
std::string rounded_quotient(const std::string& dividend, const std::string& divisor) {
  std::string quotient;
  std::string rest;
  for (const char digit : dividend) {
    if (!rest.empty() || digit != '0') rest += digit;
    char times = '0';
    for (; compare(rest, divisor) >= 0; ++times) rest = difference(rest, divisor);
    quotient += times;
  }
  quotient = without_leading_zeros(std::move(quotient));
  return compare(sum(rest, rest), divisor) >= 0 ? sum(quotient, "1") : quotient;
}

// Where a number begins in digits of base 10,000: the place of the first one, counted from the point,
// and that digit.
struct Leading {
  int weight = 0;
  int digit = 0;
};

Leading leading_of(const std::string& digits, int scale) {
  if (digits.empty()) return {};
  const int exponent = static_cast<int>(digits.size()) - 1 - scale;
  const int within = ((exponent % 4) + 4) % 4;
  std::string first = digits.substr(0, static_cast<std::size_t>(within) + 1);
  first.resize(static_cast<std::size_t>(within) + 1, '0');
  return {(exponent - within) / 4, std::stoi(first)};
}

}  // namespace

Numeric::Numeric(std::string digits, int scale, bool negative)
    : digits_(std::move(digits)), scale_(scale), negative_(negative && !digits_.empty()) {}

Numeric Numeric::parse(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t mark = text.find_first_of("eE");
  const int exponent =
      mark == std::string_view::npos ? 0 : std::atoi(std::string(text.substr(mark + 1)).c_str());
  text = text.substr(0, mark);
  const std::size_t point = text.find('.');
  std::string digits(text.substr(0, point));
  int scale = 0;
  if (point != std::string_view::npos) {
    digits += text.substr(point + 1);
    scale = static_cast<int>(text.size() - point - 1);
  }
  scale -= exponent;
  digits.append(static_cast<std::size_t>(std::max(-scale, 0)), '0');
  scale = std::max(scale, 0);
  return {without_leading_zeros(std::move(digits)), scale, negative};
}

std::string Numeric::str() const {
  std::string text = digits_;
  const auto decimals = static_cast<std::size_t>(scale_);
  if (text.size() <= decimals) text.insert(0, decimals + 1 - text.size(), '0');
  if (decimals > 0) text.insert(text.size() - decimals, 1, '.');
  return negative_ ? "-" + text : text;
}

Numeric Numeric::negated() const { return {digits_, scale_, !negative_}; }

Numeric Numeric::add(const Numeric& a, const Numeric& b) {
  const int scale = std::max(a.scale_, b.scale_);
  const auto at_scale = [scale](const Numeric& number) {
    return number.zero() ? std::string()
                         : number.digits_ + std::string(static_cast<std::size_t>(scale - number.scale_), '0');
  };
  std::string left = at_scale(a);
  std::string right = at_scale(b);
  if (a.negative_ == b.negative_) return {sum(std::move(left), std::move(right)), scale, a.negative_};
  const bool right_is_larger = compare(left, right) < 0;
  if (right_is_larger) std::swap(left, right);
  return {difference(std::move(left), std::move(right)), scale,
          right_is_larger ? b.negative_ : a.negative_};
}

Numeric Numeric::multiply(const Numeric& a, const Numeric& b) {
  return {product(a.digits_, b.digits_), a.scale_ + b.scale_, a.negative_ != b.negative_};
}

// Postgres gives a quotient so many decimals that it has 16 significant digits at least, reckoned in
// digits of base 10,000, and never fewer than an operand has (numeric.c, select_div_scale).
Numeric Numeric::divide(const Numeric& a, const Numeric& b) {
  const Leading above = leading_of(a.digits_, a.scale_);
  const Leading below = leading_of(b.digits_, b.scale_);
  const int weight = above.weight - below.weight - (above.digit <= below.digit ? 1 : 0);
  const int scale =
      std::min(std::max({least_digits - weight * 4, a.scale_, b.scale_, 0}), most_decimals);
  // a and b as whole numbers, and as many zeros behind one of them as the decimals want.
  const int shift = scale + b.scale_ - a.scale_;
  std::string dividend = a.digits_ + std::string(static_cast<std::size_t>(std::max(shift, 0)), '0');
  std::string divisor = b.digits_ + std::string(static_cast<std::size_t>(std::max(-shift, 0)), '0');
  return {rounded_quotient(a.zero() ? std::string() : dividend, divisor), scale,
          a.negative_ != b.negative_};
}

}  // namespace tallymill
