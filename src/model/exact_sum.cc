#include "model/exact_sum.h"

#include <algorithm>

#include "model/wide_integer.h"

namespace tallymill {
namespace {

WideInteger widen(int128 number) {
  const bool negative = number < 0;
  auto magnitude = static_cast<uint128>(number);
  if (negative) magnitude = -magnitude;
  WideInteger wide = WideInteger::from(magnitude);
  if (negative) wide.negate();
  return wide;
}

// Two's complement: the sign is multiplied apart.
WideInteger scaled(WideInteger number, int exponent) {
  if (exponent == 0) return number;
  const bool negative = (number.limb.back() >> 63) != 0;
  if (negative) number.negate();
  number.multiply_by_power_of_ten(exponent);
  if (negative) number.negate();
  return number;
}

}  // namespace

void ExactSum::raise_scale(std::uint8_t scale) {
  limbs_ = scaled(WideInteger{limbs_}, scale - scale_).limb;
  scale_ = scale;
}

void ExactSum::add(std::int64_t number) { add(Decimal::from(number)); }

void ExactSum::add(const Decimal& number) {
  if (number.scale() > scale_) raise_scale(number.scale());
  WideInteger sum{limbs_};
  sum.add(scaled(widen(number.coefficient()), scale_ - number.scale()));
  limbs_ = sum.limb;
}

void ExactSum::add(const ExactSum& other) {
  if (other.scale_ > scale_) raise_scale(other.scale_);
  WideInteger sum{limbs_};
  sum.add(scaled(WideInteger{other.limbs_}, scale_ - other.scale_));
  limbs_ = sum.limb;
}

std::string ExactSum::digits() const {
  WideInteger magnitude{limbs_};
  if (negative()) magnitude.negate();
  std::string text;
  do {
    text += static_cast<char>('0' + magnitude.divide(10));
  } while (!magnitude.zero());
  std::reverse(text.begin(), text.end());
  return text;
}

std::string ExactSum::str() const {
  std::string text = digits();
  if (scale_ > 0) {
    if (text.size() <= scale_) text.insert(0, scale_ + 1U - text.size(), '0');
    text.insert(text.size() - scale_, 1, '.');
  }
  return negative() ? "-" + text : text;
}

bool operator==(const ExactSum& a, const ExactSum& b) {
  const int scale = std::max(a.scale_, b.scale_);
  return scaled(WideInteger{a.limbs_}, scale - a.scale_).limb ==
         scaled(WideInteger{b.limbs_}, scale - b.scale_).limb;
}

}  // namespace tallymill
