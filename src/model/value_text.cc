#include "model/value_text.h"

#include <charconv>
#include <cmath>

#include "base/digest.h"

namespace tallymill {
namespace {

// The shortest digits that read back as the same double; with an exponent where Postgres has one.
std::string text_of_double(double number) {
  const double magnitude = std::abs(number);
  const bool is_plain = magnitude == 0 || (magnitude >= 1e-4 && magnitude < 1e15);
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, number,
                                 is_plain ? std::chars_format::fixed : std::chars_format::scientific);
  return {text, end.ptr};
}

}  // namespace

std::string text_of(const Value& value) {
  switch (value.type()) {
    case Type::missing:
    case Type::null: return "null";
    case Type::boolean: return value.boolean() ? "true" : "false";
    case Type::int64: return std::to_string(value.int64());
    case Type::decimal: return value.decimal().str();
    case Type::float64: return text_of_double(value.float64());
    case Type::string: return std::string(value.string());
    case Type::timestamp: return to_string(value.timestamp());
    case Type::exact_sum: return value.exact_sum().str();
    case Type::bytes: return "\\x" + to_hex(value.string());
  }
  return "null";
}

}  // namespace tallymill
