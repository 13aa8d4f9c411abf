#include "expression/typing.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bench.h"
#include "support/catch.h"

namespace tallymill::expression {
namespace {

// One pipeline's expressions: what typing makes of them together.
class Pipeline {
 public:
  Pipeline& declare(std::string_view name, Type type, bool optional = false) {
    Field field;
    field.path = parsed(name)->parts;
    field.type = type;
    field.optional = optional;
    declared_.push_back(std::move(field));
    return *this;
  }
  Pipeline& derive(std::string name, std::string_view text) {
    derives_.push_back(std::move(name));
    derive_trees_.push_back(parsed(text));
    return *this;
  }
  Pipeline& add(Use use, std::string_view text) {
    trees_.push_back(parsed(text));
    uses_.push_back(use);
    return *this;
  }

  // "x: int, y: string?" of the undeclared fields, or the problems as "owner@column: message".
  std::string types() {
    Typing typing(declared_, derives_, {"ads"});
    for (std::size_t i = 0; i < derive_trees_.size(); ++i)
      typing.add_derive(i, derive_trees_[i], 100 + i);
    for (std::size_t i = 0; i < trees_.size(); ++i) typing.add(trees_[i], uses_[i], i);
    std::string out;
    for (const auto& [owner, problem] : typing.resolve())
      out += (out.empty() ? "" : "\n") + std::to_string(owner) + "@" +
             std::to_string(problem.span.begin + 1) + ": " + problem.message;
    if (!out.empty()) return out;
    for (const Field& field : typing.fields())
      if (!field.declared)
        out += (out.empty() ? "" : ", ") + field.str() + ": " +
               std::string(to_string(field.type)) + (field.optional ? "?" : "");
    return out;
  }
  [[nodiscard]] const Node& tree(std::size_t i) const { return *trees_[i]; }

 private:
  std::vector<Field> declared_;
  std::vector<std::string> derives_;
  std::vector<NodePtr> derive_trees_, trees_;
  std::vector<Use> uses_;
};

std::string types(Use use, std::string_view text) { return Pipeline().add(use, text).types(); }

struct Row {
  std::string_view text;
  std::string_view expected;
};

TEST_CASE("one use forces an undeclared field's type") {
  const Row rows[] = {
      {"x == \"a\"", "x: string"},
      {"\"a\" != x", "x: string"},
      {"x in [\"a\", \"b\"]", "x: string"},
      {"x", "x: bool"},
      {"!x", "x: bool"},
      {"x && y || z", "x: bool, y: bool, z: bool"},
      {"x == true", "x: bool"},
      {"x > 3", "x: int"},
      {"x > 3.5", "x: double"},
      {"x in [1, 2]", "x: int"},
      {"x in [1, 2.5]", "x: double"},
      {"x > 3 && x < 3.5", "x: double"},
      {"x < 3.5 && x > 3", "x: double"},
      {"x % 2 == 0", "x: int"},
      {"x + 1 > y", "x: int, y: int"},
      {"x * 0.5 > y", "x: double, y: double"},
      {"x / 2 == 1.5", "x: double"},
      {"-x > 3", "x: int"},
      {"decimal(x) > 0.5", "x: decimal"},
      {"decimal(x) > 0.5 && x > 3", "x: decimal"},
      {"int(x) > 3", "x: int"},
      {"double(x) > 3.0", "x: double"},
      {"timestamp(x) > timestamp(\"2026-01-01T00:00:00Z\")", "x: timestamp"},
      {"x > timestamp(\"2026-01-01T00:00:00Z\")", "x: timestamp"},
      {"x.startsWith(\"a\")", "x: string"},
      {"\"a\".contains(x)", "x: string"},
      {"size(x) > 3", "x: string"},
      {"lower(x) == y", "x: string, y: string"},
      {"x > _offset", "x: int"},
      {"x == _key", "x: string"},
      {"lookup(ads, x).c == y", "x: string, y: string"},
      {"(x ? y : z) > 3", "x: bool, y: int, z: int"},
      {"coalesce(x, 0) > 3", "x: int?"},
      {"coalesce(x, y) == \"a\"", "x: string?, y: string?"},
      {"x == y && y == z && z == 1", "x: int, y: int, z: int"},
      {"user.id == 3 && user.name == \"a\"", "user.id: int, user.name: string"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(types(Use::condition, row.text) == row.expected);
  }
}

TEST_CASE("a field is optional if some expression asks whether it is there") {
  CHECK(types(Use::condition, "has(x) && x > 3") == "x: int?");
  CHECK(types(Use::condition, "x != null && x > 3") == "x: int?");
  CHECK(types(Use::condition, "x in [\"a\", null]") == "x: string?");
  CHECK(types(Use::condition, "has(x)") == "x: string?");
  CHECK(types(Use::condition, "x > 3") == "x: int");
  CHECK(Pipeline().add(Use::condition, "x == 1").add(Use::condition, "has(x)").types() ==
        "x: int?");
}

TEST_CASE("types travel over all expressions, derives too, to a fixed point") {
  CHECK(Pipeline()
            .declare("price", Type::decimal)
            .derive("total", "price * n")
            .derive("net", "total - fee")
            .add(Use::numeric_argument, "net")
            .add(Use::condition, "fee > limit")
            .types() == "n: decimal, fee: decimal, limit: decimal");
  CHECK(Pipeline().derive("d", "x").add(Use::condition, "d > 3").types() == "x: int");
  CHECK(Pipeline().derive("d", "b ? x : y").derive("e", "d").add(Use::condition, "e == \"q\"")
            .types() == "b: bool, x: string, y: string");
  CHECK(Pipeline().add(Use::group_key, "x").add(Use::condition, "x > 3").types() == "x: int");
}

TEST_CASE("a field forced by nothing is a string as a group key or where it only passes through") {
  CHECK(types(Use::group_key, "x") == "x: string");
  CHECK(types(Use::any_argument, "x") == "x: string");
  CHECK(types(Use::group_key, "coalesce(x, y)") == "x: string?, y: string?");
  CHECK(types(Use::group_key, "b ? x : null") == "b: bool, x: string");
  CHECK(Pipeline().derive("d", "x").add(Use::group_key, "d").types() == "x: string");
}

TEST_CASE("a field forced by nothing is a problem that prints the line to add") {
  CHECK(types(Use::numeric_argument, "cost") ==
        "0@1: nothing says what type cost has; add it to the source, as in \"fields: {cost: "
        "decimal}\"");
  CHECK(types(Use::ordered_argument, "user[\"the cost\"]") ==
        "0@1: nothing says what type user[\"the cost\"] has; add it to the source, as in \"fields: "
        "{'user[\"the cost\"]': decimal}\"");
  CHECK(types(Use::numeric_argument, "1 + 2") == "");
  CHECK(types(Use::condition, "a == b") ==
        "0@1: nothing says what type a has; add it to the source, as in \"fields: {a: string}\"\n"
        "0@6: nothing says what type b has; add it to the source, as in \"fields: {b: string}\"");
  CHECK(types(Use::group_key, "string(id)") ==
        "0@8: nothing says what type id has; add it to the source, as in \"fields: {id: string}\"");
  CHECK(types(Use::group_key, "a + b").find("0@1: nothing says what type a has") == 0);
  // Once, at its first use; and where a derive brings it in, at the derive's use.
  CHECK(Pipeline().derive("d", "x").add(Use::numeric_argument, "d").types() ==
        "0@1: nothing says what type x has; add it to the source, as in \"fields: {x: decimal}\"");
}

TEST_CASE("a type error points at the character and names both types") {
  auto of = [](Use use, std::string_view text) {
    return Pipeline()
        .declare("cost", Type::decimal)
        .declare("n", Type::int64)
        .declare("f", Type::float64)
        .declare("s", Type::string)
        .declare("b", Type::boolean)
        .declare("t", Type::timestamp)
        .add(use, text)
        .types();
  };
  const Row conditions[] = {
      {"cost > \"3\"", "0@8: decimal cannot be compared with string"},
      {"\"3\" == n", "0@8: string cannot be compared with int"},
      {"n > 3.5", "0@5: int cannot be compared with double; write double(n)"},
      {"f == cost", "0@6: double cannot be compared with decimal; write double(cost)"},
      {"s in [\"a\", 1]", "0@12: string cannot be compared with int"},
      {"t > \"2026-01-01\"", "0@5: timestamp cannot be compared with string; write "
                             "timestamp(\"2026-01-01\")"},
      {"t > 5", "0@5: timestamp cannot be compared with int; write "
                "timestamp(\"2026-01-01T00:00:00Z\")"},
      {"s < null", "0@5: null has no place in an order; only == and != take it"},
      {"n", "0@1: a condition is needed here, and this is int"},
      {"n && b", "0@1: && takes conditions, and this is int"},
      {"b || s || n", "0@6: || takes conditions, and this is string\n"
                      "0@11: || takes conditions, and this is int"},
      {"!n", "0@2: ! takes a condition, and this is int"},
      {"(n ? b : b)", "0@2: a condition is needed before ?, and this is int"},
      {"(b ? n : s) == 1", "0@10: the two sides of : are int and string, they must be of one type"},
      {"coalesce(n, s) == 1",
       "0@13: coalesce() takes values of one type, and these are int and string"},
      {"has(n + 1)", "0@5: has() takes a field, a header or a lookup's column"},
      {"n in s", "0@6: in takes a list on its right, as in a in [\"b\", \"c\"]"},
      {"n in []", "0@6: the list is empty"},
      {"n == [1]", "0@6: a list can stand only on the right of in"},
      {"n.startsWith(\"a\")", "0@1: startsWith() takes string, and this is int; write string(n)"},
      {"startsWith(s, \"a\")",
       "0@1: this is written behind its string, as in path.startsWith(\"/api/\")"},
      {"n.int() == 1", "0@3: this is written int(...), as in int(status_text) >= 500"},
      {"size() == 1",
       "0@1: size() has too few arguments; it is used as in size(user_agent)"},
      {"s.size(1) == 1", "0@3: size() has too many arguments; it is used as in "
                         "size(user_agent)"},
      {"lookup(ads, n).c == \"x\"",
       "0@13: lookup() takes a string as its key, and this is int; write string(n)"},
      {"sum(n) > 3",
       "0@1: sum() is an aggregate; it can only stand alone, as the value of a column"},
      {"s.exists(x, x == 1)", "0@3: exists() comes in a later version"},
      {"timestamp(n) > t", "0@11: timestamp() takes string or timestamp, and this is int; declare "
                           "the field as a timestamp with its unit: fields: {x: {type: timestamp, "
                           "unit: ms}}"},
  };
  for (const Row& row : conditions) {
    INFO(row.text);
    CHECK(of(Use::condition, row.text) == row.expected);
  }
  const Row values[] = {
      {"n + f", "0@5: int + double is not possible; write double(n)"},
      {"cost * f", "0@8: decimal * double is not possible; write double(cost)"},
      {"n + s", "0@5: int + string is not possible: + takes two numbers or two strings"},
      {"s - s", "0@1: string - string is not possible: - takes two numbers"},
      {"cost % 2", "0@1: decimal % int is not possible: % takes two ints"},
      {"t - t", "0@1: timestamp - timestamp: calculating with timestamps comes in a later version"},
      {"null + 1", "0@1: null + int is not possible: + takes two numbers or two strings"},
      {"-s", "0@2: - takes a number, and this is string"},
      {"null", "0@1: null alone is no value to work with"},
  };
  for (const Row& row : values) {
    INFO(row.text);
    CHECK(of(Use::any_argument, row.text) == row.expected);
  }
  CHECK(of(Use::numeric_argument, "s") == "0@1: a number is needed here, and this is string");
  CHECK(of(Use::group_key, "f").find("0@1: a double cannot be a group key") == 0);
}

TEST_CASE("two forced types that differ are a problem at the second place, which says why") {
  CHECK(types(Use::condition, "x == \"a\" && x + 1 > 2") ==
        "0@13: string + int is not possible: + takes two numbers or two strings (x is taken for "
        "string because of x == \"a\"; declare it under fields if it is not)");
  CHECK(Pipeline().add(Use::condition, "x == \"a\"").add(Use::numeric_argument, "x").types() ==
        "1@1: a number is needed here, and this is string (x is taken for string because of x == "
        "\"a\"; declare it under fields if it is not)");
}

TEST_CASE("every problem of every expression is reported, each once") {
  CHECK(Pipeline()
            .declare("n", Type::int64)
            .derive("d", "n > \"a\"")
            .add(Use::condition, "n == \"b\" && foo(n) && n == \"c\"")
            .add(Use::condition, "d && n == \"e\"")
            .types()
            .find("0@6: int cannot be compared with string\n"
                  "0@13: there is no function foo()") == 0);
}

TEST_CASE("derives that use each other in a circle are refused, and nothing follows from them") {
  CHECK(Pipeline().derive("cost", "decimal(cost)").add(Use::numeric_argument, "cost").types() ==
        "100@9: cost uses itself; a field of this name is written `cost`");
  CHECK(Pipeline().derive("cost", "decimal(`cost`)").add(Use::numeric_argument, "cost").types() ==
        "cost: decimal");
  CHECK(Pipeline().derive("a", "b + 1").derive("b", "c + 1").derive("c", "a + 1").types() ==
        "102@1: derives use each other in a circle: a -> b -> c -> a");
}

TEST_CASE("a chain of derives that double their uses is typed in no time") {
  Pipeline pipeline;
  pipeline.derive("d0", "x");
  for (int i = 1; i < 60; ++i) {
    std::string before = "d" + std::to_string(i - 1);
    pipeline.derive("d" + std::to_string(i), before + " + " + before);
  }
  CHECK(pipeline.add(Use::numeric_argument, "d59").types().find("nothing says what type x has") !=
        std::string::npos);
  Pipeline typed;
  typed.derive("d0", "x");
  for (int i = 1; i < 60; ++i) {
    std::string before = "d" + std::to_string(i - 1);
    typed.derive("d" + std::to_string(i), before + " + " + before);
  }
  CHECK(typed.add(Use::condition, "d59 > 3").types() == "x: int");
}

TEST_CASE("a deep tree that nothing can type is given up in no time") {
  // An int can never be the 0.5 beside it, at any level.
  std::string text = "n";
  for (int i = 0; i < 30; ++i) text = "(" + text + " + 0.5)";
  CHECK(Pipeline().declare("n", Type::int64).add(Use::condition, text + " > n").types().find(
            "int + double is not possible; write double(n)") != std::string::npos);
}

TEST_CASE("a chain of derives is no longer than the stack bears") {
  Pipeline pipeline;
  pipeline.derive("d0", "1");
  for (int i = 1; i < 200; ++i)
    pipeline.derive("d" + std::to_string(i), "d" + std::to_string(i - 1));
  CHECK(pipeline.types().find("derives use each other more than 64 deep") != std::string::npos);
}

TEST_CASE("a field is either a value or has parts") {
  CHECK(types(Use::condition, "a == 1 && a.b == 1") ==
        "0@11: a is used as a value, so that it cannot have the part a.b");
  CHECK(Pipeline().declare("a", Type::string).add(Use::condition, "a.b == 1").types() ==
        "0@1: a is declared as a value, so that it cannot have the part a.b");
}

TEST_CASE("typing says which results may be null or missing") {
  auto optional = [](std::string_view text) {
    Pipeline pipeline;
    pipeline.declare("o", Type::string, true).declare("r", Type::string);
    pipeline.derive("d", "o").add(Use::any_argument, text);
    REQUIRE(pipeline.types().empty());
    return pipeline.tree(0).optional;
  };
  CHECK(optional("o"));
  CHECK_FALSE(optional("r"));
  CHECK(optional("d"));
  CHECK(optional("_key"));
  CHECK(optional("_headers.x"));
  CHECK_FALSE(optional("_topic"));
  CHECK(optional("true ? o : r"));
  CHECK_FALSE(optional("true ? r : r"));
  CHECK(optional("true ? r : null"));
  CHECK_FALSE(optional("coalesce(o, r)"));
  CHECK(optional("coalesce(o, _key)"));
  CHECK_FALSE(optional("lower(o)"));
  CHECK_FALSE(optional("o == null"));
  CHECK_FALSE(optional("lookup(ads, r).c"));
}

}  // namespace
}  // namespace tallymill::expression
