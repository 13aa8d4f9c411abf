#include "aggregate/group_table.h"

#include <algorithm>
#include <set>

#include "unit/aggregate/table.h"
#include "support/catch.h"

namespace tallymill {
namespace {

std::string key_of(const std::vector<Value>& values) {
  std::string key;
  for (const Value& value : values) append_key(key, value);
  return key;
}

Value text(std::string_view text) { return Value::of(text); }
Value number(std::int64_t number) { return Value::of(number); }

// Counts by a text.
AggregationSpec counts_by_text() {
  AggregationSpec spec = one_column("count", Type::missing);
  spec.group_by.push_back({"name", nullptr, Type::string, true});
  return spec;
}

void count(GroupTable& table, const std::string& key) {
  const Value nothing;
  table.fold(key, {&nothing, 1}, at(0));
}

TEST_CASE("rows come in the order of their key bytes, each key once, window first") {
  AggregationSpec spec = one_column("count", Type::missing);
  spec.window = std::chrono::seconds(10);
  spec.group_by.push_back({"name", nullptr, Type::string, true});
  spec.group_by.push_back({"n", nullptr, Type::int64, false});
  GroupTable table(spec);
  const Value early = Value::of(Timestamp(-10000000));
  const Value late = Value::of(Timestamp(10000000));
  for (const Value& window : {late, early}) {
    for (const Value& name : {Value::null(), text("b"), text("ab"), text("a")}) {
      for (const Value& n : {number(7), number(-7)}) count(table, key_of({window, name, n}));
    }
  }
  count(table, key_of({late, text("a"), number(7)}));
  CHECK(table.groups() == 16);
  CHECK(show_rows(std::move(table)) ==
        "1969-12-31T23:59:50Z 'a' -7 1\n"
        "1969-12-31T23:59:50Z 'a' 7 1\n"
        "1969-12-31T23:59:50Z 'ab' -7 1\n"
        "1969-12-31T23:59:50Z 'ab' 7 1\n"
        "1969-12-31T23:59:50Z 'b' -7 1\n"
        "1969-12-31T23:59:50Z 'b' 7 1\n"
        "1969-12-31T23:59:50Z null -7 1\n"
        "1969-12-31T23:59:50Z null 7 1\n"
        "1970-01-01T00:00:10Z 'a' -7 1\n"
        "1970-01-01T00:00:10Z 'a' 7 2\n"
        "1970-01-01T00:00:10Z 'ab' -7 1\n"
        "1970-01-01T00:00:10Z 'ab' 7 1\n"
        "1970-01-01T00:00:10Z 'b' -7 1\n"
        "1970-01-01T00:00:10Z 'b' 7 1\n"
        "1970-01-01T00:00:10Z null -7 1\n"
        "1970-01-01T00:00:10Z null 7 1\n");
}

TEST_CASE("keys that share their first bytes are told apart and ordered by the rest") {
  const AggregationSpec spec = counts_by_text();
  GroupTable table(spec);
  const std::string shared(100, 'x');
  for (const char* end : {"bb", "a", "", "b", "aaaaaaaaaaaab", "aaaaaaaaaaaaa"}) {
    count(table, key_of({text(shared + end)}));
  }
  std::string expected;
  for (const char* end : {"", "a", "aaaaaaaaaaaaa", "aaaaaaaaaaaab", "b", "bb"}) {
    expected += "'" + shared + end + "' 1\n";
  }
  CHECK(show_rows(std::move(table)) == expected);
}

TEST_CASE("without a group everything is one row, and without records there is none") {
  const AggregationSpec spec = one_column("count", Type::missing);
  GroupTable table(spec);
  CHECK(GroupTable::into_rows(GroupTable(spec))->size() == 0);
  for (int i = 0; i < 3; ++i) count(table, "");
  CHECK(show_rows(std::move(table)) == "3\n");
}

TEST_CASE("states of several columns lie side by side without touching each other") {
  AggregationSpec spec;
  spec.group_by.push_back({"name", nullptr, Type::string, false});
  add_column(spec, "n", "count", Type::missing);
  add_column(spec, "total", "sum", Type::decimal);
  add_column(spec, "hit", "ratio", Type::boolean);
  add_column(spec, "low", "min", Type::int64);
  add_column(spec, "mean", "avg", Type::float64);
  add_column(spec, "text", "last", Type::string);
  GroupTable table(spec);
  for (std::int64_t i = 0; i < 4; ++i) {
    const std::string name = i % 2 == 0 ? "even" : "odd";
    const Value arguments[] = {Value::null(),
                               Value::of(Decimal(i, 1)),
                               Value::of(i > 1),
                               number(10 - i),
                               Value::of(static_cast<double>(i) / 2),
                               text(name)};
    table.fold(key_of({text(name)}), arguments, at(i, 5, i));
  }
  CHECK(show_rows(std::move(table)) ==
        "'even' 2 0.2 1 2 8 1 2 'even' 1970-01-01T00:00:02Z 5 2\n"
        "'odd' 2 0.4 1 2 7 2 2 'odd' 1970-01-01T00:00:03Z 5 3\n");
}

TEST_CASE("many groups merge, whichever side is larger, and leave the other table empty") {
  const AggregationSpec spec = counts_by_text();
  for (const std::int64_t others : {10, 20000}) {
    GroupTable table(spec);
    GroupTable other(spec);
    for (std::int64_t i = 0; i < 5000; ++i) count(table, key_of({text(std::to_string(i))}));
    for (std::int64_t i = 0; i < others; ++i) count(other, key_of({text(std::to_string(i))}));
    table.merge(std::move(other));
    CHECK(other.groups() == 0);
    CHECK(other.memory_bytes() == 0);
    CHECK(table.groups() == static_cast<std::size_t>(std::max<std::int64_t>(5000, others)));
    const auto rows = GroupTable::into_rows(std::move(table));
    std::int64_t total = 0;
    std::set<std::string> names;
    std::vector<Value> cells;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      rows->read(row, cells);
      names.insert(std::string(cells[0].string()));
      total += cells[1].int64();
    }
    CHECK(names.size() == rows->size());
    CHECK(total == 5000 + others);
    // What was merged from goes on as a fresh table.
    count(other, key_of({text("again")}));
    CHECK(show_rows(std::move(other)) == "'again' 1\n");
  }
}

TEST_CASE("merged text survives the table that it came from") {
  const AggregationSpec spec = one_column("last", Type::string);
  GroupTable table(spec);
  {
    GroupTable other(spec);
    const std::string gone(300, 'g');
    const Value argument = text(gone);
    other.fold("", {&argument, 1}, at(1));
    table.merge(std::move(other));
  }
  CHECK(show_rows(std::move(table)) ==
        "'" + std::string(300, 'g') + "' 1970-01-01T00:00:01Z 0 0\n");
}

TEST_CASE("memory is counted from nothing up, and a cut takes no more") {
  const AggregationSpec spec = counts_by_text();
  GroupTable table(spec);
  CHECK(table.memory_bytes() == 0);
  const std::size_t key_size = 1000;
  const std::size_t groups = 10000;
  std::size_t last = 0;
  for (std::size_t i = 0; i < groups; ++i) {
    std::string name = std::to_string(i);
    name.resize(key_size, '.');
    count(table, key_of({text(name)}));
    REQUIRE(table.memory_bytes() >= last);
    last = table.memory_bytes();
  }
  CHECK(last > groups * key_size);
  CHECK(last < groups * (key_size + 150));
  const auto rows = GroupTable::into_rows(std::move(table));
  CHECK(rows->size() == groups);
  CHECK(rows->memory_bytes() <= last);
}

TEST_CASE("text that is replaced a hundred thousand times takes no more room") {
  for (const char* aggregate : {"last", "max"}) {
    const AggregationSpec spec = one_column(aggregate, Type::string);
    GroupTable table(spec);
    std::size_t settled = 0;
    for (std::int64_t i = 0; i < 100000; ++i) {
      const std::string word = std::to_string(1000000 + i) + std::string(static_cast<std::size_t>(i % 50), 'x');
      const Value argument = text(word);
      table.fold("", {&argument, 1}, at(i));
      if (i == 100) settled = table.memory_bytes();
    }
    CHECK(table.memory_bytes() == settled);
  }
}

// One row whose last(x) of int64 is 5 at second 10, partition 2, offset 3, beside a count.
struct StoredBench {
  AggregationSpec spec;
  std::shared_ptr<const Rows> rows;

  StoredBench() {
    spec.plan.schema = "ads";
    spec.plan.table = "stats";
    add_column(spec, "n", "count", Type::missing);
    add_column(spec, "x", "last", Type::int64);
    GroupTable table(spec);
    const Value arguments[] = {Value::null(), number(5)};
    table.fold("", arguments, at(10, 2, 3));
    rows = GroupTable::into_rows(std::move(table));
  }

  std::string merged(const std::vector<Value>& stored) const {
    std::vector<Value> parts;
    const auto result = rows->merge_stored(0, stored, parts);
    if (result.ok()) return show(parts);
    return std::string(to_string(result.error().reaction())) + ": " + result.error().message();
  }
};

TEST_CASE("the later of the stored and the batch's value stays; sums are left to SQL") {
  const StoredBench bench;
  const auto stored = [](std::int64_t value, std::int64_t second, std::int64_t partition,
                         std::string_view offset) {
    return std::vector<Value>{number(40), number(value), Value::of(Timestamp(second * 1000000)),
                              number(partition), Value::of(dec(offset))};
  };
  const std::string own = "1 5 1970-01-01T00:00:10Z 2 3";
  CHECK(bench.merged(stored(7, 9, 9, "9")) == own);
  CHECK(bench.merged(stored(7, 10, 1, "9")) == own);
  CHECK(bench.merged(stored(7, 10, 2, "2")) == own);
  CHECK(bench.merged(stored(7, 11, 0, "0")) == "1 7 1970-01-01T00:00:11Z 0 0");
  CHECK(bench.merged(stored(7, 10, 2, "12345678901234567890123")) ==
        "1 7 1970-01-01T00:00:10Z 2 12345678901234567890123");
  CHECK(bench.merged(stored(7, 10, 2, "3.00")) == "1 7 1970-01-01T00:00:10Z 2 3.00");
  CHECK(bench.merged(stored(4, 10, 2, "3")) == own);
  CHECK(bench.merged(std::vector<Value>(5)) == own);
}

TEST_CASE("stored parts that cannot be merged stop the pipeline and name table and column") {
  const StoredBench bench;
  const Value time = Value::of(Timestamp(0));
  const Value offset = Value::of(dec("3"));
  const std::vector<std::vector<Value>> broken = {
      {number(1), Value::null(), time, number(0), offset},
      {number(1), number(7), Value::null(), number(0), offset},
      {number(1), number(7), time, Value::null(), offset},
      {number(1), number(7), time, number(0), Value::null()},
      {number(1), text("7"), time, number(0), offset},
      {number(1), number(7), number(0), number(0), offset},
      {number(1), number(7), time, offset, offset},
      {number(1), number(7), time, number(0), number(3)},
      {number(1), number(7), time, number(0), Value::of(dec("3.5"))},
  };
  for (const auto& stored : broken) {
    INFO(show(stored));
    CHECK(bench.merged(stored).find("stop: column ads.stats.x: the stored value, ") == 0);
  }
}

}  // namespace
}  // namespace tallymill
