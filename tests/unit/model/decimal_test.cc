#include "model/decimal.h"

#include <cstdlib>
#include <limits>
#include <string>

#include "support/catch.h"
#include "unit/model/long_number.h"
#include "unit/model/random_decimals.h"

namespace tallymill {
namespace {

const std::string nines(38, '9');

std::string parsed(std::string_view text) {
  const auto number = Decimal::parse(text);
  return number ? number->str() : "nothing";
}
Decimal dec(std::string_view text) { return Decimal::parse(text).value(); }
std::string shown(const std::optional<Decimal>& number) { return number ? number->str() : "nothing"; }

// The exact number N * 10^-76 as a decimal may hold it, or nothing.
std::optional<LongNumber> held(LongNumber exact) {
  std::size_t scale = 76;
  while (scale > 0 && (exact.zero() || exact.ends_in_zero())) {
    exact = exact.without_last_digit();
    --scale;
  }
  if (scale > 38 || exact.length() > 38) return std::nullopt;
  return exact.shifted(76 - scale);
}

// Whether a result is the exact one, or is rightly nothing.
bool right(const std::optional<Decimal>& result, const LongNumber& exact) {
  const auto expected = held(exact);
  if (result.has_value() != expected.has_value()) return false;
  return !result || (at_scale_76(*result) == *expected && result->scale() <= Decimal::max_scale &&
                     LongNumber(result->coefficient()).length() <= 38);
}

TEST_CASE("a decimal keeps the scale that its text has") {
  CHECK(parsed("0") == "0");
  CHECK(parsed("12.50") == "12.50");
  CHECK(parsed("-12.50") == "-12.50");
  CHECK(parsed("0.000") == "0.000");
  CHECK(parsed("-0.00") == "0.00");
  CHECK(parsed("-0") == "0");
  CHECK(parsed("007.10") == "7.10");
  CHECK(parsed("-0.5") == "-0.5");
  CHECK(dec("12.50").coefficient() == 1250);
  CHECK(dec("12.50").scale() == 2);
}

TEST_CASE("an exponent moves the point") {
  CHECK(parsed("1e3") == "1000");
  CHECK(parsed("1E+3") == "1000");
  CHECK(parsed("1e-3") == "0.001");
  CHECK(parsed("12.50e1") == "125.0");
  CHECK(parsed("12.50e4") == "125000");
  CHECK(parsed("-2.5e-2") == "-0.025");
  CHECK(parsed("0e99999") == "0");
  CHECK(parsed("0e-99999") == "0." + std::string(38, '0'));
  CHECK(parsed("1e00003") == "1000");
  CHECK(parsed("1e0000000003") == "1000");
  CHECK(parsed("1e-0000000003") == "0.001");
  CHECK(parsed("0e1234567") == "0");
  CHECK(parsed("0e-1234567") == "0." + std::string(38, '0'));
  CHECK(parsed("1e100000") == "nothing");
}

TEST_CASE("text that is no number is nothing") {
  for (const char* text : {"", "-", "+1", ".", ".5", "5.", "-.5", "1.2.3", "1e", "1e+", "1e-", "e5", "1e5.0",
                           "1e5e5", " 1", "1 ", "1,5", "1_0", "0x10", "NaN", "inf", "--1", "1-", "1e 5",
                           "1.e5", "\xD9\xA1", "1e1000000"}) {
    INFO(text);
    CHECK(parsed(text) == "nothing");
  }
  CHECK(parsed(std::string_view("1\0", 2)) == "nothing");
}

TEST_CASE("38 digits are held, 39 are not") {
  CHECK(parsed(nines) == nines);
  CHECK(parsed("-" + nines) == "-" + nines);
  CHECK(parsed("1" + std::string(37, '0')) == "1" + std::string(37, '0'));
  CHECK(parsed("1" + std::string(38, '0')) == "nothing");
  CHECK(parsed("9" + nines) == "nothing");
  CHECK(parsed("1e37") == "1" + std::string(37, '0'));
  CHECK(parsed("1e38") == "nothing");
  CHECK(parsed("0." + nines) == "0." + nines);
  CHECK(parsed("0." + nines + "9") == "nothing");
  CHECK(parsed("1." + nines) == "nothing");
  CHECK(parsed("1e-38") == "0." + std::string(37, '0') + "1");
  CHECK(parsed("1e-39") == "nothing");
  CHECK(parsed(nines + "e-38") == "0." + nines);
}

TEST_CASE("zeros that change nothing do not count as digits") {
  CHECK(parsed(std::string(100, '0') + "5") == "5");
  CHECK(parsed("1." + std::string(50, '0')) == "1." + std::string(37, '0'));
  CHECK(parsed("0." + std::string(60, '0')) == "0." + std::string(38, '0'));
  CHECK(dec("10e-39") == dec("1e-38"));
  CHECK(dec("0." + std::string(100000, '0') + "e5") == dec("0"));
}

TEST_CASE("text of any length is read to its end, and never wraps around") {
  CHECK(parsed(std::string(1000, '9')) == "nothing");
  CHECK(parsed("0." + std::string(1000, '9')) == "nothing");
  CHECK(parsed(std::string(1000, '9') + "e-999") == "nothing");
  CHECK(parsed("0." + std::string(100000, '0') + "1") == "nothing");
  CHECK(parsed("1e99999") == "nothing");
  CHECK(parsed("1e-99999") == "nothing");
  // 2^320, which 320 bits would take for 0.
  const std::string wraps = "213598703592091008239502170616955211460270452235665276994704160782221972578064"
                            "0550022962086936576";
  CHECK(parsed(wraps) == "nothing");
}

TEST_CASE("every decimal is printed as it is read") {
  Random random(1);
  for (int i = 0; i < 4000; ++i) {
    const Decimal number = random_decimal(random);
    const auto again = Decimal::parse(number.str());
    REQUIRE(again);
    REQUIRE(again->coefficient() == number.coefficient());
    REQUIRE(again->scale() == number.scale());
  }
}

TEST_CASE("sums and differences are those of long arithmetic, or nothing where they do not fit") {
  Random random(2);
  int fitting = 0;
  int too_long = 0;
  for (int i = 0; i < 4000; ++i) {
    const Decimal a = random_decimal(random);
    const Decimal b = random_decimal(random);
    INFO(a.str() << " and " << b.str());
    const auto sum = Decimal::add(a, b);
    REQUIRE(right(sum, at_scale_76(a) + at_scale_76(b)));
    REQUIRE(right(Decimal::subtract(a, b), at_scale_76(a) + at_scale_76(b).opposite()));
    ++(sum ? fitting : too_long);
  }
  CHECK(fitting > 300);
  CHECK(too_long > 300);
}

TEST_CASE("products are those of long arithmetic, or nothing where they do not fit") {
  Random random(3);
  int fitting = 0;
  int too_long = 0;
  for (int i = 0; i < 3000; ++i) {
    const Decimal a = random_decimal(random);
    const Decimal b = random_decimal(random);
    INFO(a.str() << " and " << b.str());
    const LongNumber exact = (LongNumber(a.coefficient()) * LongNumber(b.coefficient()))
                                 .shifted(76U - a.scale() - b.scale());
    const auto product = Decimal::multiply(a, b);
    REQUIRE(right(product, exact));
    ++(product ? fitting : too_long);
  }
  CHECK(fitting > 300);
  CHECK(too_long > 300);
}

TEST_CASE("quotients are those of long division, rounded half away from zero to 38 digits") {
  Random random(4);
  int fitting = 0;
  int too_long = 0;
  for (int i = 0; i < 600; ++i) {
    const Decimal a = random_decimal(random);
    const Decimal b = random_decimal(random);
    if (b.coefficient() == 0) continue;
    INFO(a.str() << " / " << b.str());
    const auto quotient = Decimal::divide(a, b);
    // 120 more digits than asked for; what lies below them cannot reach a half.
    const LongNumber divisor = at_scale_76(b).magnitude();
    LongNumber exact = at_scale_76(a).magnitude().shifted(120) / divisor;
    int scale = 120;
    while (exact.length() > 38 || scale > 38) {
      const bool last = exact.length() <= 39 && scale <= 39;
      if (last) exact = exact + LongNumber("5");
      exact = exact.without_last_digit();
      --scale;
    }
    const bool fits = scale >= 0 || exact.length() + static_cast<std::size_t>(-scale) <= 38;
    REQUIRE(quotient.has_value() == fits);
    ++(fits ? fitting : too_long);
    if (!fits) continue;
    if (a.coefficient() < 0 != b.coefficient() < 0) exact = exact.opposite();
    const LongNumber expected = scale >= 0 ? exact.shifted(76U - static_cast<std::size_t>(scale))
                                           : exact.shifted(76U + static_cast<std::size_t>(-scale));
    REQUIRE(at_scale_76(*quotient) == expected);
  }
  CHECK(fitting > 100);
  CHECK(too_long > 20);
}

TEST_CASE("a quotient is rounded away from zero at the half, and has no trailing zeros") {
  CHECK(shown(Decimal::divide(dec("1"), dec("3"))) == "0." + std::string(38, '3'));
  CHECK(shown(Decimal::divide(dec("2"), dec("3"))) == "0." + std::string(37, '6') + "7");
  CHECK(shown(Decimal::divide(dec("-2"), dec("3"))) == "-0." + std::string(37, '6') + "7");
  CHECK(shown(Decimal::divide(dec("1e-38"), dec("2"))) == "0." + std::string(37, '0') + "1");
  CHECK(shown(Decimal::divide(dec("-1e-38"), dec("2"))) == "-0." + std::string(37, '0') + "1");
  CHECK(shown(Decimal::divide(dec("1e-38"), dec("3"))) == "0");
  CHECK(shown(Decimal::divide(dec("10"), dec("4"))) == "2.5");
  CHECK(shown(Decimal::divide(dec("100"), dec("4.00"))) == "25");
  CHECK(shown(Decimal::divide(dec("0.00"), dec("7"))) == "0");
  CHECK(shown(Decimal::divide(dec(nines), dec("1e-38"))) == "nothing");
  CHECK(shown(Decimal::divide(dec(nines), dec("10"))) == nines.substr(1) + ".9");
}

TEST_CASE("nothing is divided by zero") {
  CHECK(shown(Decimal::divide(dec("1"), dec("0"))) == "nothing");
  CHECK(shown(Decimal::divide(dec("0"), dec("0.00"))) == "nothing");
}

TEST_CASE("decimals are ordered by value, as long arithmetic orders them") {
  Random random(5);
  for (int i = 0; i < 4000; ++i) {
    const Decimal a = random_decimal(random);
    const Decimal b = random_decimal(random);
    INFO(a.str() << " and " << b.str());
    const LongNumber left = at_scale_76(a);
    const LongNumber right_side = at_scale_76(b);
    REQUIRE((a < b) == (left < right_side));
    REQUIRE((a == b) == (left == right_side));
    REQUIRE((a > b) == (b < a));
  }
  CHECK(dec("1.0") == dec("1.00"));
  CHECK(dec("-1.0") == dec("-1"));
  CHECK(dec("-1.1") < dec("-1.01"));
  CHECK(dec("0") == dec("-0.000"));
}

TEST_CASE("128 bits agree with decimals wherever they can hold both") {
  Random random(6);
  for (int i = 0; i < 4000; ++i) {
    const auto a = static_cast<std::int64_t>(random());
    const auto b = static_cast<std::int64_t>(random()) >> (random() % 64);
    const auto scale = static_cast<std::uint8_t>(random() % 10);
    const Decimal left(a, scale);
    const Decimal wide(b, scale);
    REQUIRE(Decimal::add(left, wide)->coefficient() == static_cast<int128>(a) + b);
    REQUIRE(Decimal::subtract(left, wide)->coefficient() == static_cast<int128>(a) - b);
    const auto product = Decimal::multiply(left, wide);
    if (product) REQUIRE(*product == Decimal(static_cast<int128>(a) * b, static_cast<std::uint8_t>(2 * scale)));
    REQUIRE((left < wide) == (a < b));
  }
}

TEST_CASE("the normal form has no trailing zeros behind the point and the same value") {
  CHECK(dec("12.50").normalized().str() == "12.5");
  CHECK(dec("12.00").normalized().str() == "12");
  CHECK(dec("1200").normalized().str() == "1200");
  CHECK(dec("-0.00").normalized().str() == "0");
  CHECK(dec("0.00").normalized().scale() == 0);
  Random random(7);
  for (int i = 0; i < 5000; ++i) {
    const Decimal number = random_decimal(random);
    const Decimal normal = number.normalized();
    REQUIRE(normal == number);
    REQUIRE((normal.scale() == 0 || normal.coefficient() % 10 != 0));
  }
}

TEST_CASE("a decimal is cut toward zero to an int, or is nothing beyond 64 bits") {
  CHECK(dec("12.99").to_int64() == 12);
  CHECK(dec("-12.99").to_int64() == -12);
  CHECK(dec("0.99").to_int64() == 0);
  CHECK(dec("-0.99").to_int64() == 0);
  CHECK(dec("9223372036854775807.9").to_int64() == std::numeric_limits<std::int64_t>::max());
  CHECK_FALSE(dec("9223372036854775808").to_int64());
  CHECK(dec("-9223372036854775808.9").to_int64() == std::numeric_limits<std::int64_t>::min());
  CHECK_FALSE(dec("-9223372036854775809").to_int64());
  CHECK_FALSE(dec(nines).to_int64());
  CHECK(dec("0." + nines).to_int64() == 0);
}

TEST_CASE("a decimal becomes the nearest double") {
  CHECK(dec("0.1").to_double() == 0.1);
  CHECK(dec("-2.50").to_double() == -2.5);
  CHECK(dec(nines).to_double() == 1e38);
  CHECK(dec("9007199254740993").to_double() == 9007199254740992.0);
  CHECK(dec("1e-38").to_double() == 1e-38);
}

TEST_CASE("the smallest and largest int become decimals") {
  CHECK(Decimal::from(std::numeric_limits<std::int64_t>::min()).str() == "-9223372036854775808");
  CHECK(Decimal::from(std::numeric_limits<std::int64_t>::max()).str() == "9223372036854775807");
}

}  // namespace
}  // namespace tallymill
