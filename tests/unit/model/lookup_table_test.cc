#include "model/lookup_table.h"

#include <algorithm>
#include <string>
#include <vector>

#include "support/catch.h"

namespace tallymill {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string problem(std::vector<std::string> columns, std::string_view key, Rows rows) {
  auto table = LookupTable::build(std::move(columns), key, std::move(rows));
  REQUIRE_FALSE(table.ok());
  CHECK(table.error().reaction() == Reaction::stop);
  return table.error().message();
}

TEST_CASE("a row is found by its key and nothing else is") {
  auto table =
      LookupTable::build({"campaign", "ad"}, "ad", {{"c1", "7"}, {"c2", "8"}, {"", ""}}).value();
  CHECK(table->size() == 3);
  REQUIRE(table->find("8") == 1);
  CHECK(table->cell(1, 0) == "c2");
  CHECK(table->cell(1, 1) == "8");
  CHECK(table->find("") == 2);
  CHECK(table->cell(2, 0).empty());
  CHECK(table->find("9") == -1);
  CHECK(table->find("c1") == -1);
}

TEST_CASE("every one of many rows is found") {
  Rows rows;
  for (int i = 0; i < 20000; ++i)
    rows.push_back({"key-" + std::to_string(i), std::string(static_cast<std::size_t>(i % 7), 'v')});
  auto table = LookupTable::build({"k", "v"}, "k", rows).value();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::int64_t row = table->find(rows[i][0]);
    REQUIRE(row == static_cast<std::int64_t>(i));
    REQUIRE(table->cell(i, 1) == rows[i][1]);
  }
  CHECK(table->find("key-20000") == -1);
}

TEST_CASE("a null is no empty text, in the table and in its version") {
  const Rows rows = {{"a", ""}, {"b", ""}};
  const auto table = LookupTable::build({"k", "v"}, "k", rows, {}, {false, true, false, false}).value();
  CHECK(table->is_null(0, 1));
  CHECK(table->cell(0, 1).empty());
  CHECK_FALSE(table->is_null(1, 1));
  CHECK(table->canonical_text() == "\"k\",\"v\"\n\"a\",\n\"b\",\"\"\n");
  const auto without = LookupTable::build({"k", "v"}, "k", rows).value();
  CHECK_FALSE(without->is_null(0, 1));
  CHECK(without->content_hash() != table->content_hash());
  const auto keyless = LookupTable::build({"k", "v"}, "k", rows, {4, 5}, {false, false, true, false});
  REQUIRE_FALSE(keyless.ok());
  CHECK(keyless.error().message() == "line 5 has no k");
}

TEST_CASE("each reason why rows make no table has a code, so that a start tries again") {
  const auto code = [](std::vector<std::string> columns, Rows rows) {
    return LookupTable::build(std::move(columns), "k", std::move(rows)).error().code();
  };
  CHECK(code({"k"}, {}) == "lookup_empty");
  CHECK(code({"k"}, {{"a"}, {"a"}}) == "lookup_key");
  CHECK(code({"v"}, {{"a"}}) == "lookup_column");
  CHECK(code({"k", "k"}, {{"a", "b"}}) == "lookup_malformed");
  CHECK(code({"k", "v"}, {{"a"}}) == "lookup_malformed");
}

TEST_CASE("the content hash does not depend on the order of rows, and on everything else it does") {
  Rows rows = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
  auto hash = [](std::vector<std::string> columns, Rows contents) {
    return to_hex(LookupTable::build(std::move(columns), "k", std::move(contents)).value()
                      ->content_hash());
  };
  std::string first = hash({"k", "v"}, rows);
  Rows reversed = rows;
  std::reverse(reversed.begin(), reversed.end());
  CHECK(hash({"k", "v"}, reversed) == first);
  CHECK(hash({"k", "w"}, rows) != first);
  CHECK(hash({"k", "v"}, {{"a", "1"}, {"b", "2"}}) != first);
  CHECK(hash({"k", "v"}, {{"a", "1"}, {"b", "2"}, {"c", "4"}}) != first);
  // Cells cannot flow into each other.
  CHECK(hash({"k", "v"}, {{"a\",\"b", "c"}}) != hash({"k", "v"}, {{"a", "b\",\"c"}}));
}

TEST_CASE("the canonical text is CSV in the order of the keys, its SHA-256 the content hash") {
  auto table =
      LookupTable::build({"v", "k"}, "k", {{"say \"x\"", "b"}, {"line\nbreak", "a,b"}}).value();
  CHECK(table->canonical_text() ==
        "\"v\",\"k\"\n\"line\nbreak\",\"a,b\"\n\"say \"\"x\"\"\",\"b\"\n");
  CHECK(table->content_hash() == digest_of(table->canonical_text()));
}

TEST_CASE("a table that cannot be trusted is refused, with the row") {
  CHECK(problem({"a", "k"}, "k", {}) == "there is no row");
  CHECK(problem({"a", "b"}, "k", {{"1", "2"}}) == "there is no column k, which is the key");
  CHECK(problem({}, "k", {}) == "there is no column k, which is the key");
  CHECK(problem({"k", "a", "a"}, "k", {{"1", "2", "3"}}) == "the column a stands twice");
  CHECK(problem({"k", "a"}, "k", {{"1", "2"}, {"3"}}) == "row 2 has 1 values for 2 columns");
  CHECK(problem({"k", "a"}, "k", {{"1", "2"}, {"3", "2"}, {"1", "4"}}) ==
        "rows 1 and 3 have the same k");
}

TEST_CASE("a table that grew row by row takes no more memory than one whose size was known") {
  const auto made = [](bool known) {
    LookupTable::Builder builder({"ad", "campaign"});
    constexpr std::size_t rows = 5000;
    if (known) builder.reserve(rows * 14, rows * 2);
    for (std::size_t i = 0; i < rows; ++i) {
      builder.add(std::to_string(10000 + i));
      builder.add("campaigns");
    }
    return builder.finish("ad").value();
  };
  CHECK(made(false)->memory_bytes() == made(true)->memory_bytes());
}

TEST_CASE("the memory of a table covers its text") {
  auto table = LookupTable::build({"k"}, "k", {{std::string(100000, 'x')}}).value();
  CHECK(table->memory_bytes() >= 100000);
}

}  // namespace
}  // namespace tallymill
