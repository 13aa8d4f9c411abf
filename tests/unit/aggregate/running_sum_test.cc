#include "aggregate/running_sum.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "unit/aggregate/table.h"
#include "support/catch.h"

namespace tallymill {
namespace {

double sum_of(const std::vector<double>& numbers) {
  Arena arena;
  FloatSum sum;
  for (const double number : numbers) sum.add(Value::of(number), arena);
  return sum.value().float64();
}

std::string decimal_sum_of(const std::vector<std::string_view>& numbers) {
  Arena arena;
  DecimalSum sum;
  for (const std::string_view number : numbers) sum.add(Value::of(dec(number)), arena);
  return show(sum.value());
}

TEST_CASE("a sum of doubles is the nearest double to the exact sum") {
  CHECK(sum_of({}) == 0.0);
  CHECK(sum_of({0.1, 0.2, 0.3}) == 0.6);  // One by one it would be 0.6000000000000001.
  CHECK(sum_of({1e308, 1.0, -1e308}) == 1.0);
  CHECK(sum_of({1e-320, 1e300, -1e300}) == 1e-320);
  CHECK(sum_of({1.0, 1e-30, -1.0}) == 1e-30);
  CHECK(sum_of({-1.0, -1e-30, 1.0}) == -1e-30);
  CHECK(sum_of(std::vector<double>(10, 0.1)) == 1.0);
  const double two_to_53 = 9007199254740992.0;
  CHECK(sum_of({two_to_53, 1.0}) == two_to_53);                  // A tie goes to the even one,
  CHECK(sum_of({two_to_53 + 2, 1.0}) == two_to_53 + 4);          // up or down,
  CHECK(sum_of({two_to_53, 1.0, 1e-300}) == two_to_53 + 2);      // unless there is any more.
  CHECK(sum_of({-two_to_53, -1.0, -1e-300}) == -two_to_53 - 2);
  CHECK(sum_of({two_to_53, 1.0, 1e250, -1e250}) == two_to_53);  // In the arena as well.
  CHECK(sum_of({two_to_53 + 2, 1.0, 1e250, -1e250}) == two_to_53 + 4);
  const double smallest = std::numeric_limits<double>::denorm_min();
  CHECK(sum_of({smallest, smallest, smallest}) == 3 * smallest);
  const double largest = std::numeric_limits<double>::max();
  CHECK(sum_of({largest, largest, -largest}) == largest);
  CHECK(std::isinf(sum_of({largest, largest})));
}

TEST_CASE("a sum of doubles that is zero is positive zero") {
  CHECK_FALSE(std::signbit(sum_of({-0.0})));
  CHECK_FALSE(std::signbit(sum_of({-0.0, -0.0})));
  CHECK_FALSE(std::signbit(sum_of({-1.5, 1.5})));
  CHECK_FALSE(std::signbit(sum_of({-1e300, 1e-300, 1e300, -1e-300})));
}

TEST_CASE("a sum of doubles does not depend on their order, nor on how it is split") {
  std::mt19937_64 random(11);
  for (int round = 0; round < 300; ++round) {
    // From numbers of one size to numbers of any size.
    const int spread = 1 + static_cast<int>(random() % 1900);
    std::vector<double> numbers;
    for (int i = 0; i < 30; ++i) {
      const auto mantissa = static_cast<double>(static_cast<std::int64_t>(random()));
      numbers.push_back(std::ldexp(mantissa, static_cast<int>(random() % static_cast<unsigned>(spread)) - 1100));
    }
    const double whole = sum_of(numbers);
    std::shuffle(numbers.begin(), numbers.end(), random);
    REQUIRE(sum_of(numbers) == whole);
    Arena arena;
    FloatSum parts[3];
    for (const double number : numbers) parts[random() % 3].add(Value::of(number), arena);
    parts[2].add(parts[1], arena);
    parts[0].add(parts[2], arena);
    REQUIRE(parts[0].value().float64() == whole);
  }
}

TEST_CASE("a sum of doubles agrees with whole numbers of 128 bits, and with itself in the arena") {
  std::mt19937_64 random(12);
  for (int round = 0; round < 300; ++round) {
    int128 exact = 0;
    std::vector<double> numbers;
    for (int i = 0; i < 20; ++i) {
      const auto mantissa = static_cast<std::int64_t>(random()) >> 11;  // 53 bits.
      const int shift = static_cast<int>(random() % 60);
      numbers.push_back(std::ldexp(static_cast<double>(mantissa), shift - 200));
      exact += static_cast<int128>(mantissa) * (int128{1} << shift);
    }
    const double expected = std::ldexp(static_cast<double>(exact), -200);
    REQUIRE(sum_of(numbers) == expected);
    // A number of very different size, come and gone, leaves the sum in the arena.
    numbers.push_back(1e250);
    numbers.push_back(-1e250);
    REQUIRE(sum_of(numbers) == expected);
  }
}

TEST_CASE("a sum of decimals has the finest scale that was added") {
  CHECK(decimal_sum_of({"1", "0.25", "0.5"}) == "1.75");
  CHECK(decimal_sum_of({"0.10", "0.20"}) == "0.30");
  CHECK(decimal_sum_of({"0.000", "5"}) == "5.000");
}

TEST_CASE("a sum of decimals is a decimal exactly if it fits one, whatever it was in between") {
  const std::string_view large = "99999999999999999999999999999999999999";
  CHECK(decimal_sum_of({large, large}) == "wide 199999999999999999999999999999999999998");
  CHECK(decimal_sum_of({large, large, "-99999999999999999999999999999999999999"}) == large);
  CHECK(decimal_sum_of({large, "-99999999999999999999999999999999999999", large}) == large);
  const std::string_view fine = "0.00000000000000000000000000000000000001";
  CHECK(decimal_sum_of({large, fine}) ==
        "wide 99999999999999999999999999999999999999.00000000000000000000000000000000000001");
  CHECK(decimal_sum_of({fine, large}) == decimal_sum_of({large, fine}));
  CHECK(decimal_sum_of({large, fine, "-99999999999999999999999999999999999999"}) == fine);
}

TEST_CASE("a sum of integers goes beyond 64 bits, and is a bigint only where that fits") {
  Arena arena;
  IntegerSum sum;
  constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
  sum.add(Value::of(largest), arena);
  CHECK(sum.bigint_value().is(Type::int64));
  CHECK(sum.value().is(Type::decimal));
  IntegerSum other = sum;
  sum.add(other, arena);
  CHECK(show(sum.bigint_value()) == "18446744073709551614");
  CHECK(sum.bigint_value().is(Type::decimal));
}

}  // namespace
}  // namespace tallymill
