#include <string>
#include <string_view>

#include "bench.h"
#include "support/catch.h"

namespace tallymill::expression {
namespace {

struct Row {
  std::string_view text;
  std::string_view expected;
};

TEST_CASE("functions on strings") {
  Bench bench;
  bench.field("s", Type::string, Value::of(std::string_view("Gr\xC3\xBC\xC3\x9F Gott")));
  bench.field("e", Type::string, Value::of(std::string_view("")));
  const Row rows[] = {
      {"size(s)", "int 9"},
      {"s.size()", "int 9"},
      {"size(e)", "int 0"},
      {"s.startsWith(\"Gr\")", "true"},
      {"s.startsWith(\"gr\")", "false"},
      {"s.startsWith(\"\")", "true"},
      {"e.startsWith(\"x\")", "false"},
      {"s.endsWith(\"Gott\")", "true"},
      {"s.contains(\"\xC3\x9F G\")", "true"},
      {"s.contains(s)", "true"},
      {"e.contains(s)", "false"},
      {"lower(s)", "\"gr\xC3\xBC\xC3\x9F gott\""},
      {"upper(s)", "\"GR\xC3\xBC\xC3\x9F GOTT\""},
      {"s.lower().upper().lower() == lower(s)", "true"},
      {"lower(e)", "\"\""},
      {"lower(\"AZaz@[`{09\")", "\"azaz@[`{09\""},
      {"e + e", "\"\""},
      {"e + \"a\" + e + \"b\"", "\"ab\""},
      {"s in [\"a\", \"b\"]", "false"},
      {"\"k\" in [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\", \"i\", \"j\", \"k\"]",
       "true"},
      {"s in [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\", \"i\", \"j\", \"k\"]",
       "false"},
      {"s in [e, s]", "true"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(bench.run(row.text) == row.expected);
  }
}

TEST_CASE("matches() finds an RE2 pattern anywhere in the string") {
  Bench bench;
  bench.field("s", Type::string, Value::of(std::string_view("/v2/ads/17")));
  CHECK(bench.run("s.matches(r\"^/v[0-9]+/\")") == "true");
  CHECK(bench.run("matches(s, \"ads\")") == "true");
  CHECK(bench.run("s.matches(\"^ads\")") == "false");
  CHECK(bench.run("s.matches(\"\")") == "true");
}

TEST_CASE("a pattern is written out and correct") {
  Bench bench;
  bench.field("s", Type::string, Value::of(std::string_view("x")));
  CHECK(bench.run("s.matches(s)") ==
        "11: the pattern of matches() must be a string written out, so that it is compiled only "
        "once");
  CHECK(bench.run("s.matches(\"(\")").find("11: this is no regular expression (RE2): ") == 0);
  // A pattern that would need more memory than it may have is refused, not built.
  CHECK(bench.run("s.matches(\"((a{100}){100}){100}\")").find("11: this is no regular") == 0);
}

TEST_CASE("strings made for one record are bounded") {
  Bench bench;
  std::string megabyte(1 << 20, 'x');
  bench.field("s", Type::string, Value::of(std::string_view(megabyte)));
  bench.derive("a", "s + s").derive("b", "a + a").derive("c", "b + b");
  CHECK(bench.run("size(a)") == "int 2097152");
  CHECK(bench.outcome("c") == "reject too_large");
}

TEST_CASE("the arena serves record after record from the same memory") {
  TextArena arena;
  char* first = arena.allocate(100);
  REQUIRE(first != nullptr);
  for (int record = 0; record < 1000; ++record) {
    arena.reset();
    CHECK(arena.allocate(100) == first);
  }
  // Once a record needed more, one block that holds that much is kept.
  for (int i = 0; i < 100; ++i) REQUIRE(arena.allocate(1000) != nullptr);
  arena.reset();
  char* second = arena.allocate(100);
  arena.reset();
  CHECK(arena.allocate(100) == second);
  CHECK(arena.allocate(TextArena::max_bytes) == nullptr);
  REQUIRE(arena.allocate(TextArena::max_bytes / 2) != nullptr);
  arena.reset();
  CHECK(arena.allocate(10) != nullptr);
}

TEST_CASE("conversions give what fits, and the record's error for what does not") {
  Bench bench;
  auto text = [](std::string_view t) { return Value::of(t); };
  bench.field("n", Type::int64, Value::of(std::int64_t{-7}));
  bench.field("d", Type::decimal, Value::of(dec("-2.750")));
  bench.field("big", Type::decimal, Value::of(dec("1e20")));
  bench.field("f", Type::float64, Value::of(-2.75));
  bench.field("tenth", Type::float64, Value::of(0.1));
  bench.field("huge", Type::float64, Value::of(1e300));
  bench.field("edge", Type::float64, Value::of(9223372036854775808.0));
  bench.field("low", Type::float64, Value::of(-9223372036854775808.0));
  bench.field("b", Type::boolean, Value::of(true));
  bench.field("t", Type::timestamp, Value::of(Timestamp(-500000)));
  bench.field("digits", Type::string, text("-42"));
  bench.field("spaced", Type::string, text(" 42"));
  bench.field("fraction", Type::string, text("4.20"));
  bench.field("many", Type::string, text("99999999999999999999"));
  bench.field("point", Type::string, text(".5"));
  bench.field("wide", Type::string, text("-123456789012345678901234567890123456789"));
  bench.field("tiny", Type::string, text("-1e-400"));
  bench.field("giant", Type::string, text("1e400"));
  bench.field("nan", Type::string, text("NaN"));
  bench.field("inf", Type::string, text("inf"));
  bench.field("empty", Type::string, text(""));
  bench.field("day", Type::string, text("2026-01-01T02:00:00+02:00"));
  const Row rows[] = {
      {"int(n)", "int -7"},
      {"int(d)", "int -2"},
      {"int(f)", "int -2"},
      {"int(digits)", "int -42"},
      {"int(t)", "int -1"},
      {"int(big)", "reject overflow"},
      {"int(huge)", "reject overflow"},
      {"int(edge)", "reject overflow"},
      {"int(low)", "int -9223372036854775808"},
      {"int(many)", "reject overflow"},
      {"int(spaced)", "reject bad_conversion"},
      {"int(fraction)", "reject bad_conversion"},
      {"int(empty)", "reject bad_conversion"},
      {"double(n)", "double -7.000000"},
      {"double(d)", "double -2.750000"},
      {"double(fraction)", "double 4.200000"},
      {"double(nan)", "reject bad_conversion"},
      {"double(inf)", "reject bad_conversion"},
      {"double(empty)", "reject bad_conversion"},
      {"decimal(n)", "decimal -7"},
      {"decimal(d)", "decimal -2.750"},
      {"decimal(tenth)", "decimal 0.1"},
      {"decimal(huge)", "reject overflow"},
      {"decimal(fraction)", "decimal 4.20"},
      {"decimal(nan)", "reject bad_conversion"},
      {"decimal(empty)", "reject bad_conversion"},
      {"decimal(point)", "reject bad_conversion"},
      {"decimal(wide)", "reject overflow"},
      {"decimal(tiny)", "reject overflow"},
      {"double(tiny)", "double 0.000000"},
      {"double(giant)", "reject overflow"},
      {"string(n)", "\"-7\""},
      {"string(d)", "\"-2.75\""},
      {"string(f)", "\"-2.75\""},
      {"string(tenth)", "\"0.1\""},
      {"string(b)", "\"true\""},
      {"string(digits)", "\"-42\""},
      {"string(t)", "\"1969-12-31T23:59:59.5Z\""},
      {"timestamp(day)", "timestamp 2026-01-01T00:00:00Z"},
      {"timestamp(t) == t", "true"},
      {"timestamp(digits)", "reject bad_conversion"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(bench.outcome(row.text) == row.expected.substr(0, row.expected.find(':')));
  }
  CHECK(bench.run("int(many)") ==
        "reject overflow: where of stats: int(many): the value is beyond what int holds");
}

}  // namespace
}  // namespace tallymill::expression
