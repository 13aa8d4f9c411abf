#include "decode/convert.h"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <system_error>

#include "base/seeded_bug.h"
#include "model/reason.h"

namespace tallymill {
namespace {

// Doubles hold every integer up to here; beyond, neighbours would become one.
constexpr std::int64_t exact_in_double = std::int64_t{1} << 53;

bool looks_like_number(std::string_view text) {
  // Decimal's grammar, which refuses hexadecimal, infinities and white space.
  return !text.empty() && text.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
}

Converted convert_double(std::string_view text) {
  if (!looks_like_number(text) || text.front() == '+') {
    return Refusal{reason::wrong_type, "is not a number"};
  }
  const std::string terminated(text);
  char* end = nullptr;
  errno = 0;
  const double number = std::strtod(terminated.c_str(), &end);
  if (end != terminated.c_str() + terminated.size()) {
    return Refusal{reason::wrong_type, "is not a number"};
  }
  if (!std::isfinite(number)) return Refusal{reason::out_of_range, "does not fit a double"};
  return Value::of(number == 0 ? 0.0 : number);
}

Converted convert_timestamp(const Field& field, std::string_view text) {
  if (!field.unit) {
    const auto time = parse_timestamp(text);
    if (!time) return Refusal{reason::bad_timestamp, "is not a time as in RFC 3339"};
    return Value::of(*time);
  }
  bool overflow = false;
  const auto number = parse_integer(text, overflow);
  if (overflow) return Refusal{reason::out_of_range, "is out of range"};
  if (!number) return Refusal{reason::bad_timestamp, "is not a whole number"};
  return convert_integer(field, *number);
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text, bool& overflow) {
  overflow = false;
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (stopped != end || error == std::errc::invalid_argument) return std::nullopt;
  overflow = error == std::errc::result_out_of_range;
  if (overflow) return std::nullopt;
  return number;
}

Converted convert_string(std::string_view text) {
  if (seeded(Bug::text_ends_at_nul)) return Value::of(text.substr(0, text.find('\0')));
  if (text.find('\0') != std::string_view::npos) {
    return Refusal{reason::nul_character, "holds a NUL character"};
  }
  return Value::of(text);
}

Converted convert_text(const Field& field, std::string_view text) {
  switch (field.type) {
    case Type::string: return convert_string(text);
    case Type::boolean:
      if (text == "true") return Value::of(true);
      if (text == "false") return Value::of(false);
      return Refusal{reason::wrong_type, "is not true or false"};
    case Type::int64: {
      bool overflow = false;
      if (const auto number = parse_integer(text, overflow)) return Value::of(*number);
      if (overflow) return Refusal{reason::out_of_range, "does not fit 64 bits"};
      return Refusal{reason::wrong_type, "is not a whole number"};
    }
    case Type::decimal: {
      if (const auto number = Decimal::parse(text)) return Value::of(*number);
      if (looks_like_number(text)) {
        return Refusal{reason::out_of_range, "is no number of at most 38 digits"};
      }
      return Refusal{reason::wrong_type, "is not a number"};
    }
    case Type::float64: return convert_double(text);
    case Type::timestamp: return convert_timestamp(field, text);
    default: return Refusal{reason::wrong_type, "has no type"};
  }
}

Converted convert_integer(const Field& field, std::int64_t number) {
  if (seeded(Bug::integers_through_doubles)) number = std::llrint(static_cast<double>(number));
  switch (field.type) {
    case Type::int64: return Value::of(number);
    case Type::decimal: return Value::of(Decimal::from(number));
    case Type::float64:
      if (number > exact_in_double || number < -exact_in_double) {
        return Refusal{reason::out_of_range, "is an integer that a double cannot hold"};
      }
      return Value::of(static_cast<double>(number));
    case Type::timestamp: {
      if (!field.unit) {
        return unit_not_declared;
      }
      const auto time = timestamp_from(number, *field.unit);
      if (!time) return Refusal{reason::out_of_range, "is not between the years 1 and 9999"};
      return Value::of(*time);
    }
    default: return Refusal{reason::wrong_type, "is a number"};
  }
}

}  // namespace tallymill
