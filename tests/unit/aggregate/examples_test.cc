// One worked example, at least, of every aggregate: what comes in, what is stored.

#include <cstdlib>
#include <set>
#include <sstream>

#include "unit/aggregate/table.h"
#include "support/catch.h"

namespace tallymill {
namespace {

struct Example {
  std::string_view aggregate;
  Type type;
  // One word per record: its argument, or - for no argument, and where it matters @ the second of
  // its event time.
  std::string_view records;
  std::string_view stored;
};

const Example examples[] = {
    {"count", Type::missing, "- - -", "x=3"},
    {"count", Type::boolean, "true false null true", "x=2"},
    {"sum", Type::int64, "9223372036854775807 null 1", "x=9223372036854775808"},
    {"sum", Type::decimal, "0.0123 0.1 null -0.0003", "x=0.1120"},
    {"sum", Type::float64, "1e100 0.5 -1e100", "x=0.5"},
    {"sum", Type::int64, "null null", "x=null"},
    {"min", Type::int64, "5 null -3 4", "x=-3"},
    {"min", Type::string, "b B null a", "x='B'"},
    {"min", Type::boolean, "true false", "x=false"},
    {"max", Type::decimal, "1.5 1.25 null", "x=1.5"},
    {"max", Type::timestamp, "2026-01-01T00:00:00Z 2025-12-31T23:59:59.5Z",
     "x=2026-01-01T00:00:00Z"},
    {"max", Type::float64, "null", "x=null"},
    {"avg", Type::int64, "1 null 2 4", "x_sum=7 x_count=3"},
    {"avg", Type::decimal, "null", "x_sum=null x_count=0"},
    {"avg", Type::float64, "0.25 0.5", "x_sum=0.75 x_count=2"},
    {"ratio", Type::boolean, "true false null false true", "x_hits=2 x_total=4"},
    {"last", Type::string, "old@7 new@9 null@12 older@3",
     "x='new' x_time=1970-01-01T00:00:09Z x_partition=0 x_offset=1"},
    {"last", Type::int64, "null@1", "x=null x_time=null x_partition=null x_offset=null"},
};

Value read(const std::string& word, Type type) {
  if (word == "null" || word == "-") return Value::null();
  switch (type) {
    case Type::boolean: return Value::of(word == "true");
    case Type::int64: return Value::of(static_cast<std::int64_t>(std::strtoll(word.c_str(), nullptr, 10)));
    case Type::decimal: return Value::of(dec(word));
    case Type::float64: return Value::of(std::strtod(word.c_str(), nullptr));
    case Type::timestamp: return Value::of(parse_timestamp(word).value());
    default: return Value::of(std::string_view(word));
  }
}

std::string stored(const Example& example) {
  const AggregationSpec spec = one_column(example.aggregate, example.type);
  GroupTable table(spec);
  std::istringstream records{std::string(example.records)};
  std::string word;
  for (std::int64_t offset = 0; records >> word; ++offset) {
    const std::size_t mark = word.find('@');
    const std::int64_t second =
        mark == std::string::npos ? 0 : std::strtoll(word.c_str() + mark + 1, nullptr, 10);
    const std::string text = word.substr(0, mark);
    const Value argument = read(text, example.type);
    table.fold("", {&argument, 1}, at(second, 0, offset));
  }
  const auto rows = GroupTable::into_rows(std::move(table));
  REQUIRE(rows->size() == 1);
  std::vector<Value> cells;
  rows->read(0, cells);
  REQUIRE(cells.size() == spec.plan.parts.size());
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    line += (i == 0 ? "" : " ") + spec.plan.parts[i].name + "=" + show(cells[i]);
  }
  return line;
}

TEST_CASE("each example is stored as it says") {
  for (const Example& example : examples) {
    INFO(example.aggregate << " of " << example.records);
    CHECK(stored(example) == example.stored);
  }
}

TEST_CASE("every aggregate has an example") {
  std::set<std::string_view> shown;
  for (const Example& example : examples) shown.insert(example.aggregate);
  REQUIRE(!aggregate_catalog().empty());
  for (const AggregateSignature& aggregate : aggregate_catalog()) {
    INFO(aggregate.name);
    CHECK(shown.count(aggregate.name) == 1);
  }
}

}  // namespace
}  // namespace tallymill
