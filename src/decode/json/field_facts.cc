#include "decode/json/field_facts.h"

#include <algorithm>
#include <utility>

#include "decode/convert.h"

namespace tallymill {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// -12, 0.50: as JSON spells a number, but for exponents. Not 007, which is a code.
bool is_plain_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  const std::string_view before = text.substr(0, point);
  const auto all_digits = [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), is_digit);
  };
  if (!all_digits(before) || (before.size() > 1 && before.front() == '0')) return false;
  return point == std::string_view::npos || all_digits(text.substr(point + 1));
}

}  // namespace

void FieldFacts::add_boolean(bool value) {
  ++booleans;
  remember(value ? "true" : "false");
}

void FieldFacts::add_number(std::string_view token) {
  ++numbers;
  measure(token);
}

void FieldFacts::add_string(std::string_view text) {
  ++strings;
  if (text.find('\0') != std::string_view::npos) ++with_nul;
  if (parse_timestamp(text)) ++times;
  if (is_plain_number(text)) {
    ++digits;
    measure(text);
  }
  remember(text);
}

void FieldFacts::measure(std::string_view number) {
  if (number.find_first_of("eE") != std::string_view::npos) exponents = true;
  const std::size_t point = number.find('.');
  if (point != std::string_view::npos) {
    const std::string_view behind = number.substr(point + 1);
    const auto count = std::find_if_not(behind.begin(), behind.end(), is_digit) - behind.begin();
    fraction_digits = std::max(fraction_digits, static_cast<int>(count));
  }
  bool overflow = false;
  if (const auto integer = parse_integer(number, overflow)) {
    ++whole;
    lowest = std::min(lowest, *integer);
    highest = std::max(highest, *integer);
  } else if (overflow) {
    ++large;
  }
}

void FieldFacts::remember(std::string_view value) {
  if (many_values) return;
  if (value.size() <= longest_value) values.emplace(value);
  many_values = value.size() > longest_value || values.size() > most_values;
  if (many_values) values.clear();
}

std::optional<TimeUnit> FieldFacts::epoch_unit() const {
  if (whole == 0 || whole != present()) return std::nullopt;
  constexpr std::int64_t year_2000 = 946'684'800;
  constexpr std::int64_t year_2100 = 4'102'444'800;
  constexpr std::pair<TimeUnit, std::int64_t> units[] = {{TimeUnit::seconds, 1},
                                                         {TimeUnit::milliseconds, 1'000},
                                                         {TimeUnit::microseconds, 1'000'000},
                                                         {TimeUnit::nanoseconds, 1'000'000'000}};
  for (const auto& [unit, per_second] : units) {
    if (lowest >= year_2000 * per_second && highest < year_2100 * per_second) return unit;
  }
  return std::nullopt;
}

}  // namespace tallymill
