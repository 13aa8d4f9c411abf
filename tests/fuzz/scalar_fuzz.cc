// Whatever text stands for a number or a time: it is nothing, or a value that is printed and read
// back as itself. Keys of two values are equal exactly where the values are.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/exact_sum.h"
#include "model/key.h"
#include "model/timestamp.h"

namespace tallymill {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

std::optional<Decimal> read_decimal(std::string_view text) {
  const auto number = Decimal::parse(text);
  if (!number) return number;
  require(number->scale() <= Decimal::max_scale);
  const auto again = Decimal::parse(number->str());
  require(again && again->coefficient() == number->coefficient() && again->scale() == number->scale());
  require(number->normalized() == *number);
  ExactSum sum;
  sum.add(*number);
  require(sum.str() == number->str());
  return number;
}

void try_decimals(const Decimal& a, const Decimal& b) {
  std::string first;
  std::string second;
  append_key(first, Value::of(a));
  append_key(second, Value::of(b));
  require((first == second) == (a == b) && (first < second) == (a < b));
  std::vector<Value> read;
  const Type type = Type::decimal;
  read_key(first, {&type, 1}, read);
  require(read.size() == 1 && read[0].decimal() == a);

  const auto sum = Decimal::add(a, b);
  ExactSum exact;
  exact.add(b);
  exact.add(a);
  if (sum) {
    ExactSum expected;
    expected.add(*sum);
    require(exact == expected);
    const auto back = Decimal::subtract(*sum, b);
    require(back && *back == a);
  }
  const auto product = Decimal::multiply(a, b);
  const auto turned = Decimal::multiply(b, a);
  require(product.has_value() == turned.has_value() && (!product || *product == *turned));
  const auto quotient = Decimal::divide(a, b);
  if (quotient && b == Decimal(1, 0)) require(*quotient == a);
}

void try_time(std::string_view text) {
  const auto time = parse_timestamp(text);
  if (!time) return;
  require(time->in_range());
  require(parse_timestamp(to_string(*time)) == time);
  const Timestamp start = window_start(*time, std::chrono::seconds(10));
  require(start <= *time && start.microseconds() % 10000000 == 0);
}

}  // namespace
}  // namespace tallymill

// Two texts, a line each.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tallymill;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = input.find('\n');
  const std::string_view first = input.substr(0, line);
  const std::string_view second = line == std::string_view::npos ? "" : input.substr(line + 1);
  const auto a = read_decimal(first);
  const auto b = read_decimal(second);
  if (a && b) try_decimals(*a, *b);
  if (const auto number = parse_int128(first)) require(parse_int128(to_string(*number)) == number);
  try_time(first);
  return 0;
}
