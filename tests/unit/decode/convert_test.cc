// What text becomes where a type is declared: strings of digits and defaults.

#include "decode/convert.h"

#include <limits>
#include <random>
#include <string>

#include "support/catch.h"
#include "unit/decode/reading.h"

namespace tallymill {
namespace {

std::string converted(const Field& field, std::string_view text) {
  const Converted result = convert_text(field, text);
  if (const Refusal* refusal = std::get_if<Refusal>(&result)) return std::string(refusal->reason);
  return shown(std::get<Value>(result));
}
std::string converted(Type type, std::string_view text) { return converted(a_field({"k"}, type), text); }

TEST_CASE("text is read as the type that is declared, or refused with a reason") {
  CHECK(converted(Type::string, " x ") == "string  x ");
  CHECK(converted(Type::string, std::string_view("a\0b", 3)) == "nul_character");
  CHECK(converted(Type::boolean, "true") == "true");
  CHECK(converted(Type::boolean, "True") == "wrong_type");
  CHECK(converted(Type::boolean, "1") == "wrong_type");
  CHECK(converted(Type::int64, "-5") == "int -5");
  CHECK(converted(Type::decimal, "1e-3") == "decimal 0.001");
  CHECK(converted(Type::decimal, "1e99") == "out_of_range");
  CHECK(converted(Type::decimal, "one") == "wrong_type");
  CHECK(converted(Type::timestamp, "1970-01-01 00:00:00") == "timestamp 1970-01-01T00:00:00Z");
}

TEST_CASE("every int that is printed is read back, and one beyond the ends overflows") {
  std::mt19937_64 random(11);
  bool overflow = true;
  for (int i = 0; i < 20000; ++i) {
    const auto number = static_cast<std::int64_t>(random()) >> (random() % 64);
    REQUIRE(parse_integer(std::to_string(number), overflow) == number);
    REQUIRE_FALSE(overflow);
  }
  CHECK(parse_integer("9223372036854775807", overflow) == std::numeric_limits<std::int64_t>::max());
  CHECK(parse_integer("-9223372036854775808", overflow) == std::numeric_limits<std::int64_t>::min());
  CHECK_FALSE(overflow);
  CHECK_FALSE(parse_integer("9223372036854775808", overflow));
  CHECK(overflow);
  CHECK_FALSE(parse_integer("-9223372036854775809", overflow));
  CHECK(overflow);
  CHECK_FALSE(parse_integer(std::string(1000, '1'), overflow));
  CHECK(overflow);
}

TEST_CASE("text that is no int does not count as an overflow") {
  for (const char* text : {"", "-", "+1", " 1", "1 ", "1.0", "01", "-01", "--1", "1-", "0x1", "1e3", "a"}) {
    bool overflow = true;
    INFO(text);
    CHECK_FALSE(parse_integer(text, overflow));
    CHECK_FALSE(overflow);
  }
}

}  // namespace
}  // namespace tallymill
