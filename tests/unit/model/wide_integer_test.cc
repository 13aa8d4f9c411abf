#include "model/wide_integer.h"

#include <limits>
#include <string>

#include "support/catch.h"
#include "unit/model/long_number.h"
#include "unit/model/random_decimals.h"

namespace tallymill {
namespace {

// Its digits, taken one by one from its own division.
std::string text_of(WideInteger number) {
  std::string text;
  do {
    text.insert(text.begin(), static_cast<char>('0' + number.divide(10)));
  } while (!number.zero());
  return text;
}

uint128 random_128(Random& random) {
  const uint128 number = (static_cast<uint128>(random()) << 64) | random();
  return number >> (random() % 128);
}
LongNumber long_number(uint128 number) {
  const auto high = static_cast<int128>(number / 10);
  return LongNumber(high).shifted(1) + LongNumber(static_cast<int128>(number % 10));
}

TEST_CASE("wide arithmetic is that of long arithmetic") {
  Random random(31);
  for (int i = 0; i < 1000; ++i) {
    const uint128 a = random_128(random);
    const uint128 b = random_128(random);
    const std::uint64_t factor = random() >> (random() % 64);
    WideInteger wide = WideInteger::from(a);
    wide.multiply(factor);
    wide.add(WideInteger::from(b));
    const LongNumber expected = long_number(a) * long_number(factor) + long_number(b);
    REQUIRE(text_of(wide) == expected.str());

    const std::uint64_t divisor = (random() >> (random() % 64)) | 1;
    WideInteger quotient = wide;
    const std::uint64_t rest = quotient.divide(divisor);
    REQUIRE(rest < divisor);
    REQUIRE(long_number(divisor) * LongNumber(text_of(quotient)) + long_number(rest) == expected);
  }
}

TEST_CASE("a wide division by 128 bits leaves the whole quotient") {
  Random random(32);
  for (int i = 0; i < 200; ++i) {
    WideInteger wide = WideInteger::from(random_128(random));
    const int exponent = static_cast<int>(random() % 58);
    wide.multiply_by_power_of_ten(exponent);
    const LongNumber dividend(text_of(wide));
    const uint128 divisor = random_128(random) | 1;
    wide.divide_wide(divisor);
    REQUIRE(LongNumber(text_of(wide)) == dividend / long_number(divisor));
  }
  WideInteger all_ones = WideInteger::from(~static_cast<uint128>(0));
  all_ones.divide_wide(~static_cast<uint128>(0));
  CHECK(text_of(all_ones) == "1");
}

TEST_CASE("a power of ten is multiplied in at any exponent") {
  for (int exponent = 0; exponent <= 95; ++exponent) {
    WideInteger wide = WideInteger::from(7);
    wide.multiply_by_power_of_ten(exponent);
    REQUIRE(text_of(wide) == "7" + std::string(static_cast<std::size_t>(exponent), '0'));
  }
}

TEST_CASE("a number and its opposite add to zero, over all limbs") {
  WideInteger one = WideInteger::from(1);
  one.negate();
  for (const std::uint64_t limb : one.limb) CHECK(limb == std::numeric_limits<std::uint64_t>::max());
  one.add(WideInteger::from(1));
  CHECK(one.zero());
  WideInteger zero;
  zero.negate();
  CHECK(zero.zero());
}

TEST_CASE("comparison looks at the most significant limb first") {
  WideInteger high;
  high.limb[4] = 1;
  WideInteger low;
  low.limb.fill(std::numeric_limits<std::uint64_t>::max());
  low.limb[4] = 0;
  CHECK(low.compare(high) == std::strong_ordering::less);
  CHECK(high.compare(low) == std::strong_ordering::greater);
  CHECK(high.compare(high) == std::strong_ordering::equal);
  CHECK_FALSE(high.fits_128());
  CHECK(WideInteger::from(~static_cast<uint128>(0)).fits_128());
  CHECK(WideInteger::from(~static_cast<uint128>(0)).low_128() == ~static_cast<uint128>(0));
}

TEST_CASE("128 bits are printed and read back, to their ends") {
  const int128 most = std::numeric_limits<std::int64_t>::max();
  const int128 largest = static_cast<int128>(~static_cast<uint128>(0) >> 1);
  const int128 smallest = -largest - 1;
  CHECK(to_string(largest) == "170141183460469231731687303715884105727");
  CHECK(to_string(smallest) == "-170141183460469231731687303715884105728");
  for (const int128 number : {static_cast<int128>(0), static_cast<int128>(-1), most, -most - 1, largest, smallest}) {
    REQUIRE(parse_int128(to_string(number)).has_value());
    CHECK(*parse_int128(to_string(number)) == number);
  }
  CHECK_FALSE(parse_int128("170141183460469231731687303715884105728"));
  CHECK_FALSE(parse_int128("-170141183460469231731687303715884105729"));
  CHECK_FALSE(parse_int128("1701411834604692317316873037158841057270"));
  for (const char* text : {"", "-", "+1", " 1", "1 ", "1.0", "--1", "1-", "a"}) {
    INFO(text);
    CHECK_FALSE(parse_int128(text));
  }
}

}  // namespace
}  // namespace tallymill
