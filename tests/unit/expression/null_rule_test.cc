// The rule for null and missing, as typing.h states it, row by row.

#include <string>
#include <string_view>

#include "bench.h"
#include "support/catch.h"

namespace tallymill::expression {
namespace {

struct Row {
  std::string_view text;  // About x, an int.
  std::string_view value;
  std::string_view null;
  std::string_view missing;
};

std::string with(Value x, std::string_view text) {
  Bench bench;
  bench.field("x", Type::int64, x, true);
  bench.field("t", Type::string, x.absent() ? x : Value::of(std::string_view("Ab")), true);
  bench.field("b", Type::boolean, x.absent() ? x : Value::of(true), true);
  return bench.outcome(text);
}

TEST_CASE("each operator meets a value, a null and a missing field as the rule says") {
  constexpr std::string_view error = "reject null_operand";
  const Row rows[] = {
      {"x", "int 5", "null", "missing"},
      {"has(x)", "true", "true", "false"},
      {"x == null", "false", "true", "true"},
      {"x != null", "true", "false", "false"},
      {"null == x", "false", "true", "true"},
      {"x == 5", "true", "false", "false"},
      {"x != 5", "false", "true", "true"},
      {"x == x", "true", "true", "true"},
      {"x in [1, 5]", "true", "false", "false"},
      {"x in [1, null]", "false", "true", "true"},
      {"t in [\"Ab\"]", "true", "false", "false"},
      {"t in [\"q\", null]", "false", "true", "true"},
      {"has(x) && x == null", "false", "true", "false"},
      {"coalesce(x, 7)", "int 5", "int 7", "int 7"},
      {"coalesce(x, null)", "int 5", "null", "null"},
      {"coalesce(null, x)", "int 5", "null", "missing"},
      {"true ? x : 1", "int 5", "null", "missing"},
      {"b ? 1 : 2", "int 1", error, error},
      {"x < 9", "true", error, error},
      {"x >= 5", "true", error, error},
      {"9 > x", "true", error, error},
      {"x + 1", "int 6", error, error},
      {"1 - x", "int -4", error, error},
      {"x % 2", "int 1", error, error},
      {"-x", "int -5", error, error},
      {"!b", "false", error, error},
      {"b && true", "true", error, error},
      {"true && b", "true", error, error},
      {"b && false", "false", "false", "false"},
      {"b || true", "true", "true", "true"},
      {"b || false", "true", error, error},
      {"x < 9 || true", "true", "true", "true"},
      {"size(t)", "int 2", error, error},
      {"lower(t)", "\"ab\"", error, error},
      {"t.startsWith(\"A\")", "true", error, error},
      {"\"Abc\".startsWith(t)", "true", error, error},
      {"t.matches(\"A\")", "true", error, error},
      {"t + \"c\"", "\"Abc\"", error, error},
      {"\"c\" + t", "\"cAb\"", error, error},
      {"string(x)", "\"5\"", error, error},
      {"int(x)", "int 5", error, error},
      {"decimal(x)", "decimal 5", error, error},
      {"double(x)", "double 5.000000", error, error},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(with(Value::of(std::int64_t{5}), row.text) == row.value);
    CHECK(with(Value::null(), row.text) == row.null);
    CHECK(with(Value::missing(), row.text) == row.missing);
  }
}

TEST_CASE("the message of a null operand names the operand and the expression") {
  Bench bench;
  bench.field("user.age", Type::int64, Value::missing(), true);
  CHECK(bench.run("user.age > 3 + 4") ==
        "reject null_operand: where of stats: user.age is null or missing in user.age > 3 + 4");
}

TEST_CASE("null and null are one value, whatever their type would be") {
  Bench bench;
  CHECK(bench.run("null == null") == "true");
  CHECK(bench.run("null != null") == "false");
  CHECK(bench.run("null in [null]") == "true");
}

}  // namespace
}  // namespace tallymill::expression
