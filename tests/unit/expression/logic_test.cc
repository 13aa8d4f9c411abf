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

std::shared_ptr<const LookupTable> table() {
  return LookupTable::build({"id", "name"}, "id", {{"1", "one"}}).value();
}

TEST_CASE("&& and || absorb an error when another operand decides, on either side") {
  Bench bench;
  bench.field("zero", Type::int64, Value::of(std::int64_t{0}));
  const Row rows[] = {
      {"1 / zero == 1 && false", "false"},
      {"false && 1 / zero == 1", "false"},
      {"1 / zero == 1 || true", "true"},
      {"true || 1 / zero == 1", "true"},
      {"1 / zero == 1 && true", "reject division_by_zero"},
      {"true && 1 / zero == 1", "reject division_by_zero"},
      {"1 / zero == 1 || false", "reject division_by_zero"},
      {"false || 1 / zero == 1", "reject division_by_zero"},
      {"true && 1 / zero == 1 && false", "false"},
      {"(1 / zero == 1 && false) || true", "true"},
      {"!(1 / zero == 1 && false)", "true"},
      {"false ? 1 / zero : 3", "int 3"},
      {"true ? 3 : 1 / zero", "int 3"},
      {"1 / zero == 1 ? 2 : 3", "reject division_by_zero"},
      {"coalesce(1 / zero, 2)", "reject division_by_zero"},
      {"coalesce(2, 1 / zero)", "int 2"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(bench.outcome(row.text) == row.expected);
  }
}

TEST_CASE("a lookup's miss is absorbed as an error is, and the gravest of several counts") {
  Bench bench;
  bench.lookup("d", table(), OnMiss::drop).lookup("s", table(), OnMiss::stop);
  bench.lookup("r", table(), OnMiss::dead_letter);
  const Row rows[] = {
      {"lookup(d, \"9\").name == \"one\" && false", "false"},
      {"lookup(s, \"9\").name == \"one\" || true", "true"},
      {"lookup(d, \"9\").name == \"one\" && lookup(r, \"9\").name == \"one\"",
       "reject lookup_miss"},
      {"lookup(r, \"9\").name == \"one\" && lookup(d, \"9\").name == \"one\"",
       "reject lookup_miss"},
      {"lookup(r, \"9\").name == \"one\" && lookup(s, \"9\").name == \"one\"", "stop"},
      {"lookup(d, \"9\").name == \"one\" && true", "drop"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(bench.outcome(row.text) == row.expected);
  }
}

TEST_CASE("of two errors of one kind the left one's message is kept") {
  Bench bench;
  bench.field("zero", Type::int64, Value::of(std::int64_t{0}));
  CHECK(bench.run("1 / zero == 1 && 2 / zero == 1") ==
        "reject division_by_zero: where of stats: 1 / zero divides by zero");
}

}  // namespace
}  // namespace tallymill::expression
