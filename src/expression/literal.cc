#include "expression/literal.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <system_error>

#include "base/check.h"

namespace tallymill::expression {
namespace {

bool is_hexadecimal(std::string_view spelling) {
  return spelling.find_first_of("xX") != std::string_view::npos;
}

bool is_floating(std::string_view spelling) {
  return !is_hexadecimal(spelling) && spelling.find_first_of(".eE") != std::string_view::npos;
}

std::optional<std::int64_t> read_integer(std::string_view spelling) {
  bool negative = spelling.substr(0, 1) == "-";
  if (negative) spelling.remove_prefix(1);
  int base = 10;
  if (is_hexadecimal(spelling)) {
    spelling.remove_prefix(2);
    base = 16;
  }
  std::uint64_t magnitude = 0;
  auto [end, error] =
      std::from_chars(spelling.data(), spelling.data() + spelling.size(), magnitude, base);
  if (error != std::errc() || end != spelling.data() + spelling.size()) return std::nullopt;
  constexpr auto max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (magnitude > max + (negative ? 1 : 0)) return std::nullopt;
  // Negated as unsigned: the smallest int64 has no positive counterpart.
  return static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
}

// All digits of a floating literal, if a Decimal holds them.
std::optional<std::string> exact_spelling(std::string_view spelling) {
  auto exact = Decimal::parse(spelling);
  if (!exact) return std::nullopt;
  std::string text = exact->normalized().str();
  if (!is_floating(text)) text += ".0";
  return text;
}

}  // namespace

std::optional<Value> read_number(std::string_view spelling) {
  if (!is_floating(spelling)) {
    auto number = read_integer(spelling);
    if (!number) return std::nullopt;
    return Value::of(*number);
  }
  double number = 0;
  auto [end, error] = std::from_chars(spelling.data(), spelling.data() + spelling.size(), number);
  if (error != std::errc() || end != spelling.data() + spelling.size() || !std::isfinite(number))
    return std::nullopt;
  return Value::of(number + 0.0);  // -0.0 becomes 0.0.
}

std::string negate_spelling(std::string_view spelling) {
  if (spelling.substr(0, 1) == "-") return std::string(spelling.substr(1));
  return "-" + std::string(spelling);
}

std::string canonical_spelling(const Node& literal) {
  if (!is_floating(literal.text))
    return std::to_string(read_integer(literal.text).value_or(0));
  if (auto exact = exact_spelling(literal.text)) return *exact;
  // Beyond 38 digits only the double counts: its shortest spelling that reads back the same.
  double number = 0;
  std::from_chars(literal.text.data(), literal.text.data() + literal.text.size(), number);
  char buffer[32];
  auto [end, error] = std::to_chars(std::begin(buffer), std::end(buffer), number,
                                    std::chars_format::scientific);
  CHECK(error == std::errc(), "a double's shortest spelling is no longer than this");
  std::string shortest(std::begin(buffer), end);
  return exact_spelling(shortest).value_or(shortest);
}

std::optional<Value> adapt_literal(const Node& literal, Type type) {
  bool floating = is_floating(literal.text);
  if (type == Type::int64) return floating ? std::nullopt : read_number(literal.text);
  auto number = read_number(literal.text);
  if (!number) return std::nullopt;
  if (type == Type::decimal) {
    auto decimal = floating ? Decimal::parse(literal.text) : Decimal::from(number->int64());
    if (!decimal) return std::nullopt;
    return Value::of(*decimal);
  }
  if (floating) return number;
  constexpr std::int64_t exact = std::int64_t{1} << 53;
  if (number->int64() > exact || number->int64() < -exact) return std::nullopt;
  return Value::of(static_cast<double>(number->int64()));
}

bool is_numeric_literal(const Node& node) {
  return node.kind == NodeKind::literal &&
         (node.value.is(Type::int64) || node.value.is(Type::float64) ||
          node.value.is(Type::decimal));
}

bool is_null_literal(const Node& node) {
  return node.kind == NodeKind::literal && node.value.is(Type::null);
}

}  // namespace tallymill::expression
