#pragma once

// Integers of any length, digit by digit as on paper: slow, and with nothing in common with what it
// is held against.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/decimal.h"

namespace tallymill {

class LongNumber {
 public:
  LongNumber() = default;
  explicit LongNumber(std::string_view text) {
    negative_ = text.starts_with('-');
    for (std::size_t i = text.size(); i-- > (negative_ ? 1U : 0U);) digits_.push_back(text[i] - '0');
    trim();
  }
  explicit LongNumber(int128 number) : LongNumber(std::string_view(to_string(number))) {}

  [[nodiscard]] bool zero() const { return digits_.empty(); }
  [[nodiscard]] bool negative() const { return negative_; }
  [[nodiscard]] std::size_t length() const { return digits_.size(); }
  [[nodiscard]] bool ends_in_zero() const { return !zero() && digits_[0] == 0; }
  [[nodiscard]] std::string str() const {
    if (zero()) return "0";
    std::string text(negative_ ? "-" : "");
    for (std::size_t i = digits_.size(); i-- > 0;) text += static_cast<char>('0' + digits_[i]);
    return text;
  }

  [[nodiscard]] LongNumber shifted(std::size_t zeros) const {
    LongNumber result = *this;
    if (!zero()) result.digits_.insert(result.digits_.begin(), zeros, 0);
    return result;
  }
  [[nodiscard]] LongNumber without_last_digit() const {
    LongNumber result = *this;
    if (!zero()) result.digits_.erase(result.digits_.begin());
    result.trim();
    return result;
  }
  [[nodiscard]] LongNumber magnitude() const {
    LongNumber result = *this;
    result.negative_ = false;
    return result;
  }
  [[nodiscard]] LongNumber opposite() const {
    LongNumber result = *this;
    result.negative_ = !zero() && !negative_;
    return result;
  }

  friend LongNumber operator+(const LongNumber& a, const LongNumber& b) {
    if (a.negative_ == b.negative_) return sum(a, b, a.negative_);
    return larger(b, a) ? difference(b, a, b.negative_) : difference(a, b, a.negative_);
  }
  friend LongNumber operator*(const LongNumber& a, const LongNumber& b) {
    LongNumber product;
    product.digits_.assign(a.length() + b.length() + 1, 0);
    for (std::size_t i = 0; i < a.length(); ++i) {
      for (std::size_t j = 0; j < b.length(); ++j) product.digits_[i + j] += a.digits_[i] * b.digits_[j];
      for (std::size_t j = 0; j + 1 < product.digits_.size(); ++j) {
        product.digits_[j + 1] += product.digits_[j] / 10;
        product.digits_[j] %= 10;
      }
    }
    product.negative_ = a.negative_ != b.negative_;
    product.trim();
    return product;
  }
  // Cut toward zero. REQUIRES: neither is negative, b is not zero.
  friend LongNumber operator/(const LongNumber& a, const LongNumber& b) {
    LongNumber quotient;
    LongNumber rest;
    for (std::size_t i = a.length(); i-- > 0;) {
      rest.digits_.insert(rest.digits_.begin(), a.digits_[i]);
      rest.trim();
      int digit = 0;
      for (; !larger(b, rest); ++digit) rest = difference(rest, b, false);
      quotient.digits_.insert(quotient.digits_.begin(), digit);
    }
    quotient.trim();
    return quotient;
  }
  friend bool operator==(const LongNumber& a, const LongNumber& b) { return a.str() == b.str(); }
  friend bool operator<(const LongNumber& a, const LongNumber& b) { return (a + b.opposite()).negative_; }

 private:
  static bool larger(const LongNumber& a, const LongNumber& b) {
    if (a.length() != b.length()) return a.length() > b.length();
    return std::lexicographical_compare(b.digits_.rbegin(), b.digits_.rend(), a.digits_.rbegin(),
                                        a.digits_.rend());
  }
  static LongNumber sum(const LongNumber& a, const LongNumber& b, bool negative) {
    LongNumber result;
    int carry = 0;
    for (std::size_t i = 0; i < std::max(a.length(), b.length()) + 1; ++i) {
      carry += (i < a.length() ? a.digits_[i] : 0) + (i < b.length() ? b.digits_[i] : 0);
      result.digits_.push_back(carry % 10);
      carry /= 10;
    }
    result.negative_ = negative;
    result.trim();
    return result;
  }
  static LongNumber difference(const LongNumber& a, const LongNumber& b, bool negative) {
    LongNumber result = a;
    for (std::size_t i = 0; i < result.length(); ++i) {
      result.digits_[i] -= i < b.length() ? b.digits_[i] : 0;
      if (result.digits_[i] >= 0) continue;
      result.digits_[i] += 10;
      --result.digits_[i + 1];
    }
    result.negative_ = negative;
    result.trim();
    return result;
  }
  void trim() {
    while (!digits_.empty() && digits_.back() == 0) digits_.pop_back();
    if (digits_.empty()) negative_ = false;
  }

  std::vector<int> digits_;  // Least significant first, no leading zeros.
  bool negative_ = false;
};

// The number times 10^76: whole for every decimal and every product of two.
inline LongNumber at_scale_76(const Decimal& number) {
  return LongNumber(number.coefficient()).shifted(76U - number.scale());
}

}  // namespace tallymill
