#pragma once

// Unsigned integers of 320 bits: just enough arithmetic for exact decimals and sums.

#include <array>
#include <compare>
#include <cstdint>

#include "model/int128.h"

namespace tallymill {

struct WideInteger {
  static constexpr std::size_t limbs = 5;
  std::array<std::uint64_t, limbs> limb{};  // Least significant first.

  static constexpr WideInteger from(uint128 number) {
    WideInteger wide;
    wide.limb[0] = static_cast<std::uint64_t>(number);
    wide.limb[1] = static_cast<std::uint64_t>(number >> 64);
    return wide;
  }

  // Modulo 2^320, as two's complement wants it.
  constexpr void add(const WideInteger& other) {
    uint128 carry = 0;
    for (std::size_t i = 0; i < limbs; ++i) {
      carry += static_cast<uint128>(limb[i]) + other.limb[i];
      limb[i] = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
  }
  constexpr void negate() {
    for (std::uint64_t& one : limb) one = ~one;
    add(from(1));
  }
  constexpr void multiply(std::uint64_t factor) {
    uint128 carry = 0;
    for (std::uint64_t& one : limb) {
      carry += static_cast<uint128>(one) * factor;
      one = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
  }
  // Divides and returns the remainder. REQUIRES: divisor > 0.
  constexpr std::uint64_t divide(std::uint64_t divisor) {
    uint128 remainder = 0;
    for (std::size_t i = limbs; i-- > 0;) {
      remainder = (remainder << 64) | limb[i];
      limb[i] = static_cast<std::uint64_t>(remainder / divisor);
      remainder %= divisor;
    }
    return static_cast<std::uint64_t>(remainder);
  }
  // The same for divisors that need more than one limb, bit by bit. REQUIRES: divisor > 0.
  constexpr void divide_wide(uint128 divisor) {
    uint128 remainder = 0;
    for (std::size_t bit = limbs * 64; bit-- > 0;) {
      const bool carried = (remainder >> 127) != 0;
      remainder = (remainder << 1) | ((limb[bit / 64] >> (bit % 64)) & 1);
      const bool goes = carried || remainder >= divisor;
      if (goes) remainder -= divisor;
      const std::uint64_t mask = std::uint64_t{1} << (bit % 64);
      limb[bit / 64] = goes ? limb[bit / 64] | mask : limb[bit / 64] & ~mask;
    }
  }
  constexpr void multiply_by_power_of_ten(int exponent) {
    for (; exponent >= 19; exponent -= 19) multiply(10000000000000000000U);
    std::uint64_t rest = 1;
    for (; exponent > 0; --exponent) rest *= 10;
    multiply(rest);
  }
  [[nodiscard]] constexpr bool zero() const {
    for (const std::uint64_t one : limb) {
      if (one != 0) return false;
    }
    return true;
  }
  [[nodiscard]] constexpr bool fits_128() const {
    return limb[2] == 0 && limb[3] == 0 && limb[4] == 0;
  }
  [[nodiscard]] constexpr uint128 low_128() const {
    return (static_cast<uint128>(limb[1]) << 64) | limb[0];
  }
  [[nodiscard]] constexpr std::strong_ordering compare(const WideInteger& other) const {
    for (std::size_t i = limbs; i-- > 0;) {
      if (limb[i] != other.limb[i]) return limb[i] <=> other.limb[i];
    }
    return std::strong_ordering::equal;
  }
};

}  // namespace tallymill
