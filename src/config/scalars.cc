#include "config/scalars.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace tallymill {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// Why a text that has digits in it is no plain number; empty if it is one, sign aside.
std::string number_problem(std::string_view digits) {
  if (digits.size() > 1 && digits[0] == '0' && all_digits(digits)) {
    const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    return "could be taken for an octal number; write " + std::string(digits.substr(first));
  }
  const bool is_hexadecimal = digits.size() > 2 && digits[0] == '0' &&
                              (digits[1] == 'x' || digits[1] == 'X' || digits[1] == 'o');
  if (is_hexadecimal) return "is no decimal number; write it with the digits 0 to 9";
  if (digits.find('_') != std::string_view::npos || digits.find(',') != std::string_view::npos) {
    return "has separators in it; write the digits alone";
  }
  const bool has_exponent = digits.find_first_of("eE") != std::string_view::npos &&
                            digits.find_first_not_of("0123456789.eE+-") == std::string_view::npos;
  if (has_exponent) return "has an exponent; write the number out";
  return {};
}

struct Unit {
  std::string_view name;
  std::int64_t worth;
};

constexpr std::array<Unit, 5> duration_units = {
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
constexpr std::array<Unit, 5> size_units = {{{"TiB", std::int64_t{1} << 40},
                                             {"GiB", std::int64_t{1} << 30},
                                             {"MiB", std::int64_t{1} << 20},
                                             {"KiB", std::int64_t{1} << 10},
                                             {"B", 1}}};

// number * worth + sum, unless it does not fit.
bool accumulate(std::string_view digits, std::int64_t worth, std::int64_t& sum) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return false;
  std::int64_t product = 0;
  return !__builtin_mul_overflow(number, worth, &product) &&
         !__builtin_add_overflow(sum, product, &sum);
}

}  // namespace

Parsed<std::int64_t> parse_integer(std::string_view text) {
  using Result = Parsed<std::int64_t>;
  const std::string_view digits = text.substr(text.substr(0, 1) == "-" ? 1 : 0);
  if (std::string problem = number_problem(digits); !problem.empty()) return Result::wrong(problem);
  if (text.substr(0, 1) == "+") return Result::wrong("has a plus; write the digits alone");
  if (!all_digits(digits)) return Result::wrong("is no whole number");
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc()) return Result::wrong("does not fit into 64 bits");
  return Result::of(number);
}

Parsed<double> parse_real(std::string_view text) {
  using Result = Parsed<double>;
  const std::string_view digits = text.substr(text.substr(0, 1) == "-" ? 1 : 0);
  if (std::string problem = number_problem(digits); !problem.empty()) return Result::wrong(problem);
  const std::size_t point = digits.find('.');
  const std::string_view whole = digits.substr(0, point);
  const bool has_fraction = point != std::string_view::npos;
  if (!all_digits(whole) || (has_fraction && !all_digits(digits.substr(point + 1))) ||
      (whole.size() > 1 && whole[0] == '0') || text.size() > 40) {
    return Result::wrong("is no number such as 0.05");
  }
  return Result::of(std::strtod(std::string(text).c_str(), nullptr));
}

Parsed<bool> parse_boolean(std::string_view text) {
  if (text == "true") return Parsed<bool>::of(true);
  if (text == "false") return Parsed<bool>::of(false);
  return Parsed<bool>::wrong("is neither true nor false");
}

Parsed<std::int64_t> parse_size(std::string_view text) {
  using Result = Parsed<std::int64_t>;
  const std::size_t split = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view digits = text.substr(0, split);
  const std::string_view unit = text.substr(split);
  if (digits.empty()) return Result::wrong("is no size such as 64MiB");
  if (std::string problem = number_problem(digits); !problem.empty()) return Result::wrong(problem);
  if (unit.empty()) return Result::wrong("has no unit; write 64MiB, 512KiB or 100B");
  for (const Unit& known : size_units) {
    if (known.name != unit) continue;
    std::int64_t bytes = 0;
    if (!accumulate(digits, known.worth, bytes)) return Result::wrong("is too large");
    return Result::of(bytes);
  }
  return Result::wrong("has an unknown unit; the units are B, KiB, MiB, GiB and TiB");
}

Parsed<std::chrono::milliseconds> parse_duration(std::string_view text) {
  using Result = Parsed<std::chrono::milliseconds>;
  const bool negative = text.substr(0, 1) == "-";
  std::string_view rest = text.substr(negative ? 1 : 0);
  std::int64_t sum = 0;
  std::int64_t smallest = std::numeric_limits<std::int64_t>::max();
  if (rest.empty() || !is_digit(rest[0])) return Result::wrong("is no duration such as 5s or 1h30m");
  while (!rest.empty()) {
    const std::size_t split = std::min(rest.find_first_not_of("0123456789"), rest.size());
    const std::string_view digits = rest.substr(0, split);
    rest.remove_prefix(split);
    const std::size_t unit_size = std::min(rest.find_first_of("0123456789"), rest.size());
    const std::string_view unit = rest.substr(0, unit_size);
    rest.remove_prefix(unit_size);
    if (std::string problem = number_problem(digits); !problem.empty()) {
      return Result::wrong(problem);
    }
    if (unit.empty()) return Result::wrong("has no unit; write 500ms, 5s, 10m, 1h or 30d");
    const auto known = std::find_if(duration_units.begin(), duration_units.end(),
                                    [unit](const Unit& each) { return each.name == unit; });
    if (known == duration_units.end()) {
      return Result::wrong("has an unknown unit; the units are ms, s, m, h and d, and numbers are "
                           "whole");
    }
    if (known->worth >= smallest) {
      return Result::wrong("must go from the largest unit to the smallest, as 1h30m does");
    }
    smallest = known->worth;
    if (!accumulate(digits, known->worth, sum)) return Result::wrong("is too long");
  }
  return Result::of(std::chrono::milliseconds(negative ? -sum : sum));
}

std::string size_text(std::int64_t bytes) {
  for (const Unit& unit : size_units) {
    if (bytes != 0 && bytes % unit.worth == 0) {
      return std::to_string(bytes / unit.worth) + std::string(unit.name);
    }
  }
  return "0B";
}

std::string duration_text(std::chrono::milliseconds duration) {
  std::int64_t rest = duration.count();
  if (rest == 0) return "0s";
  std::string text = rest < 0 ? "-" : "";
  rest = std::abs(rest);
  for (const Unit& unit : duration_units) {
    if (rest >= unit.worth) text += std::to_string(rest / unit.worth) + std::string(unit.name);
    rest %= unit.worth;
  }
  return text;
}

}  // namespace tallymill
