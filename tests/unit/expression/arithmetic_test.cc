#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "bench.h"
#include "model/int128.h"
#include "support/catch.h"

namespace tallymill::expression {
namespace {

constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

struct Row {
  std::string_view text;
  std::string_view expected;
};

// a op b, compiled once per operator and run for many values.
class Pairs {
 public:
  Pairs(std::string_view op, Type type) : tree_(parsed("a " + std::string(op) + " b")) {
    std::vector<Field> fields(2);
    fields[0].path = {"a"};
    fields[1].path = {"b"};
    fields[0].type = fields[1].type = type;
    Typing typing(fields, {}, {});
    typing.add(tree_, Use::any_argument, 0);
    REQUIRE(typing.resolve().empty());
    program_ = Program::compile(tree_, "");
  }

  // Nothing if it is rejected; `reason` says why.
  std::optional<Value> run(Value a, Value b) {
    Value values[] = {a, b};
    context_.fields = values;
    context_.begin_record();
    Value result;
    if (program_->run(context_, result) == Outcome::ok) return result;
    reason = context_.reject.reason;
    return std::nullopt;
  }
  std::string_view reason;

 private:
  NodePtr tree_;
  std::optional<Program> program_;
  EvaluationContext context_;
};

std::vector<std::int64_t> edges() {
  std::vector<std::int64_t> numbers = {0, 1, -1, 2, -2, 3, 10, -10, 3037000499, 3037000500,
                                       -3037000500, smallest, smallest + 1, smallest / 2,
                                       largest, largest - 1, largest / 2, largest / 2 + 1};
  std::mt19937_64 random(20260101);
  for (int i = 0; i < 60; ++i)
    numbers.push_back(static_cast<std::int64_t>(random()) >> (random() % 63));
  return numbers;
}

TEST_CASE("int arithmetic is exact or an error, at every edge of 64 bits") {
  for (char op : std::string_view("+-*/%")) {
    INFO(op);
    Pairs pairs(std::string_view(&op, 1), Type::int64);
    for (std::int64_t a : edges()) {
      for (std::int64_t b : edges()) {
        int128 wide = 0;
        std::string_view reason;
        switch (op) {
          case '+': wide = static_cast<int128>(a) + b; break;
          case '-': wide = static_cast<int128>(a) - b; break;
          case '*': wide = static_cast<int128>(a) * b; break;
          default:
            if (b == 0) reason = "division_by_zero";
            else if (a == smallest && b == -1) reason = "overflow";
            else wide = op == '/' ? a / b : a % b;
        }
        if (wide < smallest || wide > largest) reason = "overflow";
        auto result = pairs.run(Value::of(a), Value::of(b));
        if (!reason.empty()) {
          REQUIRE_FALSE(result.has_value());
          REQUIRE(pairs.reason == reason);
        } else {
          REQUIRE(result.has_value());
          REQUIRE(result->int64() == static_cast<std::int64_t>(wide));
        }
      }
    }
  }
}

TEST_CASE("comparisons order ints as numbers are") {
  for (std::string_view op : {"==", "!=", "<", "<=", ">", ">="}) {
    INFO(op);
    Pairs pairs(op, Type::int64);
    for (std::int64_t a : edges()) {
      for (std::int64_t b : edges()) {
        bool expected = op == "==" ? a == b : op == "!=" ? a != b : op == "<" ? a < b
                        : op == "<=" ? a <= b : op == ">" ? a > b : a >= b;
        REQUIRE(pairs.run(Value::of(a), Value::of(b))->boolean() == expected);
      }
    }
  }
}

TEST_CASE("decimal arithmetic is Decimal's own, and what it cannot hold is an error") {
  std::vector<Decimal> numbers;
  for (std::string_view text :
       {"0", "1", "-1", "0.1", "-0.10", "12.345", "99999999999999999999999999999999999999",
        "-99999999999999999999999999999999999999", "0.00000000000000000000000000000000000001",
        "9999999999999999999.9999999999999999999", "1e37", "-1e37", "3"})
    numbers.push_back(dec(text));
  for (char op : std::string_view("+-*/")) {
    INFO(op);
    Pairs pairs(std::string_view(&op, 1), Type::decimal);
    for (const Decimal& a : numbers) {
      for (const Decimal& b : numbers) {
        INFO(a.str() << " " << op << " " << b.str());
        std::optional<Decimal> expected = op == '+'   ? Decimal::add(a, b)
                                          : op == '-' ? Decimal::subtract(a, b)
                                          : op == '*' ? Decimal::multiply(a, b)
                                                      : Decimal::divide(a, b);
        auto result = pairs.run(Value::of(a), Value::of(b));
        REQUIRE(result.has_value() == expected.has_value());
        if (expected) REQUIRE(result->decimal() == *expected);
        bool by_zero = op == '/' && b.coefficient() == 0;
        if (!expected) REQUIRE(pairs.reason == (by_zero ? "division_by_zero" : "overflow"));
      }
    }
  }
}

TEST_CASE("double arithmetic never gives NaN, an infinity or a negative zero") {
  constexpr double huge = std::numeric_limits<double>::max();
  const double numbers[] = {0.0, 1.0, -1.0, 0.1, 1e-300, -1e-300, 1e300, huge, -huge, 5e-324};
  for (char op : std::string_view("+-*/")) {
    INFO(op);
    Pairs pairs(std::string_view(&op, 1), Type::float64);
    for (double a : numbers) {
      for (double b : numbers) {
        auto result = pairs.run(Value::of(a), Value::of(b));
        if (!result) {
          bool by_zero = op == '/' && !(b < 0) && !(b > 0);
          REQUIRE(pairs.reason == (by_zero ? "division_by_zero" : "overflow"));
          continue;
        }
        double value = result->float64();
        REQUIRE(value - value <= 0.0);  // Neither NaN nor infinite.
        if (!(value < 0) && !(value > 0)) REQUIRE_FALSE(std::signbit(value));
      }
    }
  }
}

TEST_CASE("numbers of different kinds meet as written") {
  Bench bench;
  bench.field("n", Type::int64, Value::of(std::int64_t{7}));
  bench.field("d", Type::decimal, Value::of(dec("2.50")));
  bench.field("f", Type::float64, Value::of(0.5));
  const Row rows[] = {
      {"7 / 2", "int 3"},
      {"-7 / 2", "int -3"},
      {"-7 % 3", "int -1"},
      {"7 % -3", "int 1"},
      {"n / 2", "int 3"},
      {"n + d", "decimal 9.50"},
      {"d - n", "decimal -4.50"},
      {"d * 2", "decimal 5.00"},
      {"d + 0.1", "decimal 2.60"},
      {"n + decimal(\"0.1\")", "decimal 7.1"},
      {"f * 2", "double 1.000000"},
      {"f + double(n)", "double 7.500000"},
      {"1.5 + 1", "double 2.500000"},
      {"0x10 + 1", "int 17"},
      {"-n", "int -7"},
      {"-d", "decimal -2.50"},
      {"-f", "double -0.500000"},
      {"- -n", "int 7"},
      {"d == 2.5", "true"},
      {"d > 2", "true"},
      {"d > n", "false"},
      {"n == d * 2 + 2", "true"},
      {"f < 1", "true"},
      {"n in [1, 7.0]", "10: int cannot be compared with double; write double(n)"},
      {"d in [1, 2.5]", "true"},
      {"d in [n, 3]", "false"},
      {"true ? n : d", "decimal 7"},
      {"coalesce(n, d)", "decimal 7"},
      {"false < true", "true"},
      {"\"a\" < \"b\"", "true"},
      {"\"\xC3\xA9\" > \"z\"", "true"},
      {"\"a\" + \"b\" == \"ab\"", "true"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(bench.run(row.text) == row.expected);
  }
}

TEST_CASE("a fault of arithmetic says where") {
  Bench bench;
  bench.field("n", Type::int64, Value::of(smallest));
  bench.field("z", Type::decimal, Value::of(dec("0.00")));
  CHECK(bench.run("-n") == "reject overflow: where of stats: -n does not fit into 64 bits");
  CHECK(bench.run("n - 1") == "reject overflow: where of stats: n - 1 does not fit into 64 bits");
  CHECK(bench.run("1 / z") == "reject division_by_zero: where of stats: 1 / z divides by zero");
  CHECK(bench.run("decimal(\"99999999999999999999999999999999999999\") + z + 1") ==
        "reject overflow: where of stats: decimal(\"99999999999999999999999999999999999999\") + z "
        "+ 1 needs more than 38 digits");
}

TEST_CASE("what is wrong among literals alone is a problem at once") {
  CHECK(Bench().run("1 / 0") == "1: 1 / 0 divides by zero");
  CHECK(Bench().run("true && 9223372036854775807 + 1 > 0") ==
        "9: 9223372036854775807 + 1 does not fit into 64 bits");
  CHECK(Bench().run("decimal(\"1,5\")") == "1: decimal(\"1,5\"): the text is no decimal");
  CHECK(Bench().run("timestamp(\"yesterday\")") ==
        "1: timestamp(\"yesterday\"): the text is no timestamp");
}

}  // namespace
}  // namespace tallymill::expression
