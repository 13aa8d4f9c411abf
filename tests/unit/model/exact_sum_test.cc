#include "model/exact_sum.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "support/catch.h"
#include "unit/model/long_number.h"
#include "unit/model/random_decimals.h"

namespace tallymill {
namespace {

ExactSum sum_of(const std::vector<Decimal>& numbers) {
  ExactSum sum;
  for (const Decimal& number : numbers) sum.add(number);
  return sum;
}

// The sum at scale 76 from its own text.
LongNumber at_scale_76(const ExactSum& sum) {
  const LongNumber digits(sum.digits());
  return (sum.negative() ? digits.opposite() : digits).shifted(76U - sum.scale());
}

TEST_CASE("a sum starts at zero") {
  CHECK(ExactSum().str() == "0");
  CHECK(ExactSum().digits() == "0");
  CHECK_FALSE(ExactSum().negative());
}

TEST_CASE("a sum of decimals is that of long arithmetic, in any order and any grouping") {
  Random random(21);
  for (int round = 0; round < 200; ++round) {
    std::vector<Decimal> numbers;
    const std::size_t count = 1 + random() % 60;
    for (std::size_t i = 0; i < count; ++i) numbers.push_back(random_decimal(random));
    LongNumber expected;
    for (const Decimal& number : numbers) expected = expected + at_scale_76(number);

    const ExactSum straight = sum_of(numbers);
    REQUIRE(at_scale_76(straight) == expected);
    for (int again = 0; again < 3; ++again) {
      std::shuffle(numbers.begin(), numbers.end(), random);
      const auto cut = numbers.begin() + static_cast<std::ptrdiff_t>(random() % (count + 1));
      ExactSum left = sum_of({numbers.begin(), cut});
      const ExactSum right = sum_of({cut, numbers.end()});
      ExactSum other_way = right;
      other_way.add(left);
      left.add(right);
      REQUIRE(left == straight);
      REQUIRE(other_way == straight);
      REQUIRE(left.str() == straight.str());
      REQUIRE(other_way.str() == straight.str());
    }
  }
}

TEST_CASE("a sum of ints is that of 128 bits") {
  Random random(22);
  int128 expected = 0;
  ExactSum sum;
  for (int i = 0; i < 5000; ++i) {
    const auto number = static_cast<std::int64_t>(random()) >> (random() % 64);
    expected += number;
    sum.add(number);
    REQUIRE(sum.str() == to_string(expected));
  }
}

TEST_CASE("a sum goes past 64 and past 128 bits and comes back") {
  ExactSum sum;
  for (int i = 0; i < 3; ++i) sum.add(std::numeric_limits<std::int64_t>::max());
  CHECK(sum.str() == "27670116110564327421");
  const Decimal most(ten_to(38) - 1, 0);
  for (int i = 0; i < 1000; ++i) sum.add(most);
  CHECK(sum.str() == "100000000000000000000027670116110564326421");
  const Decimal least(1 - ten_to(38), 0);
  for (int i = 0; i < 1000; ++i) sum.add(least);
  CHECK(sum.str() == "27670116110564327421");
}

TEST_CASE("the largest number of the finest scale fits a million times over") {
  ExactSum sum;
  sum.add(Decimal(1, 38));
  for (int doubling = 0; doubling < 20; ++doubling) sum.add(ExactSum(sum));
  sum.add(Decimal(ten_to(38) - 1, 0));
  for (int doubling = 0; doubling < 20; ++doubling) sum.add(ExactSum(sum));
  const LongNumber expected = (LongNumber(ten_to(38) - 1).shifted(38) + LongNumber("1048576")) *
                              LongNumber("1048576");
  CHECK(LongNumber(sum.digits()) == expected);
  CHECK(sum.scale() == 38);
}

TEST_CASE("the scale of a sum is the finest that was added") {
  CHECK(sum_of({{125, 1}, {5, 2}}).str() == "12.55");
  CHECK(sum_of({{5, 2}, {125, 1}}).str() == "12.55");
  CHECK(sum_of({{100, 2}, {-100, 2}}).str() == "0.00");
  CHECK(sum_of({{-5, 2}}).str() == "-0.05");
  CHECK(sum_of({{-1, 38}}).str() == "-0." + std::string(37, '0') + "1");
}

TEST_CASE("sums are equal by value, at any scale, on both sides of zero") {
  CHECK(sum_of({{10, 1}}) == sum_of({{100, 2}}));
  CHECK(sum_of({{-10, 1}}) == sum_of({{-1, 0}}));
  CHECK_FALSE(sum_of({{-1, 0}}) == sum_of({{1, 0}}));
  CHECK_FALSE(sum_of({{1, 0}}) == sum_of({{1, 1}}));
  CHECK(sum_of({{1, 38}, {-1, 38}}) == ExactSum());
}

TEST_CASE("a sum added to itself doubles") {
  ExactSum sum = sum_of({{-125, 2}});
  sum.add(sum);
  CHECK(sum.str() == "-2.50");
}

}  // namespace
}  // namespace tallymill
