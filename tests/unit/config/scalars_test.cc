#include "config/scalars.h"

#include <chrono>
#include <cstdint>
#include <string>

#include "config/expand.h"
#include "config/source_map.h"
#include "unit/config/cases.h"

#include "support/catch.h"

namespace tallymill {
namespace {

using std::chrono::milliseconds;

TEST_CASE("a whole number is written in digits") {
  CHECK(parse_integer("0").value == 0);
  CHECK(parse_integer("-17").value == -17);
  CHECK(parse_integer("9223372036854775807").value == INT64_MAX);
  CHECK(parse_integer("-9223372036854775808").value == INT64_MIN);
  for (const char* text : {"", "-", "+5", "010", "00", "-01", "0x1F", "0o17", "1_000", "1,000", "1e3",
                           "1.0", ".inf", "~", " 5", "5 ", "five", "9223372036854775808", "--1"}) {
    INFO(text);
    CHECK_FALSE(parse_integer(text).value.has_value());
    CHECK_FALSE(parse_integer(text).problem.empty());
  }
  CHECK(parse_integer("010").problem == "could be taken for an octal number; write 10");
}

TEST_CASE("a number may have decimals, and no exponent") {
  CHECK(parse_real("0.05").value == 0.05);
  CHECK(parse_real("1").value == 1.0);
  for (const char* text : {"", ".5", "1.", "1e-3", "nan", ".nan", ".inf", "0x1", "01.5", "1_0", "-"}) {
    INFO(text);
    CHECK_FALSE(parse_real(text).value.has_value());
  }
}

TEST_CASE("a duration has units, from the largest to the smallest") {
  CHECK(parse_duration("500ms").value == milliseconds(500));
  CHECK(parse_duration("5s").value == milliseconds(5000));
  CHECK(parse_duration("1h30m").value == milliseconds(5'400'000));
  CHECK(parse_duration("2d12h").value == milliseconds(216'000'000));
  CHECK(parse_duration("1s500ms").value == milliseconds(1500));
  CHECK(parse_duration("-10m").value == milliseconds(-600'000));
  CHECK(parse_duration("0s").value == milliseconds(0));
  for (const char* text : {"", "5", "s", "5 s", "1.5s", "5S", "5m1h", "5s5s", "5w", "05s", "--5s", "5s-",
                           "99999999999999999999s", "9999999999999999d", "1e3s"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text).value.has_value());
    CHECK_FALSE(parse_duration(text).problem.empty());
  }
}

TEST_CASE("a size has a binary unit") {
  CHECK(parse_size("100B").value == 100);
  CHECK(parse_size("64MiB").value == 64 << 20);
  CHECK(parse_size("1TiB").value == std::int64_t{1} << 40);
  for (const char* text : {"", "64", "64MB", "64M", "64 MiB", "-1MiB", "1.5GiB", "MiB", "064MiB",
                           "9223372036854775807KiB"}) {
    INFO(text);
    CHECK_FALSE(parse_size(text).value.has_value());
  }
}

TEST_CASE("durations and sizes are printed as they are read") {
  for (const char* text : {"0s", "10ms", "5s", "1h30m", "366d", "-10m", "1d1h1m1s1ms"}) {
    CHECK(duration_text(parse_duration(text).value.value()) == text);
  }
  for (const char* text : {"0B", "100B", "4KiB", "64MiB", "3GiB", "1TiB"}) {
    CHECK(size_text(parse_size(text).value.value()) == text);
  }
}

std::string expanded(const std::string& text) {
  const auto result = expand(text, environment_of({{"A", "1"}, {"EMPTY", ""}, {"TRICK", "${A}"}}));
  return result.value ? result.value->text : "! " + result.problem;
}

TEST_CASE("variables are replaced once, and what they hold is only text") {
  CHECK(expanded("x${A}y${A}") == "x1y1");
  CHECK(expanded("${EMPTY}") == "");
  CHECK(expanded("${EMPTY:-b}") == "b");
  CHECK(expanded("${NONE:-}") == "");
  CHECK(expanded("${NONE:-a:-b c}") == "a:-b c");
  CHECK(expanded("${TRICK}") == "${A}");
  CHECK(expanded("$${A} $A $") == "${A} $A $");
  for (const char* text : {"${", "${A", "${}", "${1}", "${a-b}", "${NONE}", "${:-x}", "${A B}"}) {
    CHECK(expanded(text).substr(0, 2) == "! ");
  }
}

// The characters of `source` that the bytes of `value` come from.
std::string origin(const std::string& source, const std::string& value) {
  const auto offsets = map_to_source(source, 0, value);
  if (!offsets) return "none";
  std::string characters;
  for (std::size_t i = 0; i < value.size(); ++i) {
    characters += offsets->at(i) < source.size() ? source[offsets->at(i)] : '$';
  }
  return characters + "|" + std::to_string(offsets->back());
}

TEST_CASE("each byte of a value knows where it comes from") {
  CHECK(origin("a b # c", "a b") == "a b|3");
  CHECK(origin("a\n  b", "a b") == "a\nb|5");
  CHECK(origin("'it''s' x", "it's") == "it's|7");
  CHECK(origin("\"a\\\"b\" x", "a\"b") == "a\\b|6");
  CHECK(origin("\"\\u00FCx\"", "\xC3\xBCx") == "\\\\x|9");
  CHECK(origin("\"a\\\n   b\"", "ab") == "ab|9");
  CHECK(origin("|\n  a\n  b\n", "a\nb\n") == "a\nb\n|10");
  CHECK(origin(">-\n  a\n  b", "a b") == "a\nb|10");
  CHECK(origin("|\n  a", "a\n") == "a$|5");
  CHECK(origin("abc", "abd") == "none");
  CHECK(origin("", "a") == "none");
  CHECK(origin("'a", "ab") == "none");
}

}  // namespace
}  // namespace tallymill
