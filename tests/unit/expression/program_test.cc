#include "expression/program.h"

#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "bench.h"
#include "support/catch.h"

namespace {

// How often the thread asked for memory.
thread_local std::size_t allocations = 0;

}  // namespace

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
void* operator new(std::size_t size) {
  if (void* memory = operator new(size, std::nothrow)) return memory;
  std::abort();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace tallymill::expression {
namespace {

TEST_CASE("a derive is evaluated at first use, and once per record") {
  Bench bench;
  bench.field("zero", Type::int64, Value::of(std::int64_t{0}));
  bench.derive("bad", "1 / zero").derive("twice", "bad + bad");
  CHECK(bench.run("zero == 0") == "true");
  CHECK(bench.run("zero == 0 || bad == 1") == "true");
  CHECK(bench.run("bad == 1 && false") == "false");
  CHECK(bench.run("twice") == "reject division_by_zero: derive bad: 1 / zero divides by zero");
}

TEST_CASE("a derive's error is the same at its second use") {
  Bench bench;
  bench.field("zero", Type::int64, Value::of(std::int64_t{0}));
  bench.derive("bad", "1 / zero");
  CHECK(bench.run("(bad == 1 && false) || bad == 2") ==
        "reject division_by_zero: derive bad: 1 / zero divides by zero");
}

TEST_CASE("derives follow the record") {
  Typing typing({}, {"d"}, {});
  NodePtr derive = parsed("x * 2");
  NodePtr tree = parsed("d + d");
  typing.add_derive(0, derive, 0);
  typing.add(tree, Use::numeric_argument, 1);
  REQUIRE(typing.resolve().empty());
  std::vector<Program> derives{Program::compile(derive, "derive d")};
  Program program = Program::compile(tree, "sum");
  EvaluationContext context;
  context.derives = derives;
  for (std::int64_t x = 0; x < 3; ++x) {
    Value values[] = {Value::of(x)};
    context.fields = values;
    context.begin_record();
    Value result;
    REQUIRE(program.run(context, result) == Outcome::ok);
    CHECK(result.int64() == 4 * x);
  }
}

TEST_CASE("a program outlives its tree and says its type") {
  std::optional<Program> program;
  {
    Typing typing({}, {}, {});
    NodePtr tree = parsed("x in [\"a long enough string to be on the heap\", \"b\"]");
    typing.add(tree, Use::condition, 0);
    REQUIRE(typing.resolve().empty());
    program = Program::compile(tree, "where");
  }
  CHECK(program->type() == Type::boolean);
  std::string text = "a long enough string to be on the heap";
  Value values[] = {Value::of(std::string_view(text))};
  EvaluationContext context;
  context.fields = values;
  context.begin_record();
  Value result;
  REQUIRE(program->run(context, result) == Outcome::ok);
  CHECK(result.boolean());
}

TEST_CASE("in the steady state nothing is allocated, whatever the record comes to") {
  Typing typing({}, {"country"}, {});
  NodePtr derive = parsed("lower(coalesce(geo.country, \"none\"))");
  NodePtr where = parsed("event in [\"view\", \"click\"] && cost + 0.5 > 1.0 && n % 3 != 0 && "
                         "size(country + event) > 3 && string(n) != \"7\" && "
                         "event.matches(\"^[vc]\")");
  typing.add_derive(0, derive, 0);
  typing.add(where, Use::condition, 1);
  REQUIRE(typing.resolve().empty());
  std::vector<Program> derives{Program::compile(derive, "derive country")};
  Program program = Program::compile(where, "where");
  EvaluationContext context;
  context.derives = derives;
  std::map<std::string, Value> by_name = {{"geo.country", Value::of(std::string_view("DE"))},
                                          {"event", Value::of(std::string_view("view"))},
                                          {"cost", Value::of(1.5)},
                                          {"n", Value::of(std::int64_t{8})}};
  std::vector<Value> values;
  for (const Field& field : typing.fields()) values.push_back(by_name.at(field.str()));
  context.fields = values;
  Value result;
  auto one_record = [&] {
    context.begin_record();
    return program.run(context, result) == Outcome::ok && result.boolean();
  };
  for (int warm = 0; warm < 3; ++warm) REQUIRE(one_record());
  std::size_t before = allocations;
  bool all = true;
  for (int i = 0; i < 1000; ++i) all = one_record() && all;
  std::size_t after = allocations;
  CHECK(all);
  CHECK(after == before);
}

}  // namespace
}  // namespace tallymill::expression
