#include <string>

#include "bench.h"
#include "support/catch.h"

namespace tallymill::expression {
namespace {

std::shared_ptr<const LookupTable> ads() {
  return LookupTable::build({"ad_id", "campaign_id", "the owner"}, "ad_id",
                            {{"7", "c1", "Ann"}, {"8", "c2", "Bob"}})
      .value();
}

std::string found(OnMiss on_miss, std::string_view key, std::string_view text) {
  Bench bench;
  bench.field("ad_id", Type::string, Value::of(key));
  bench.lookup("ads", ads(), on_miss);
  return bench.run(text);
}

TEST_CASE("a lookup gives the cell of its column, whatever its name") {
  CHECK(found(OnMiss::stop, "8", "lookup(ads, ad_id).campaign_id") == "\"c2\"");
  CHECK(found(OnMiss::stop, "7", "lookup(ads, ad_id)[\"the owner\"]") == "\"Ann\"");
  CHECK(found(OnMiss::stop, "7", "lookup(\"ads\", ad_id).campaign_id + lookup(ads, ad_id).ad_id") ==
        "\"c17\"");
  CHECK(found(OnMiss::stop, "-", "lookup(ads, \"8\").campaign_id == \"c2\"") == "true");
}

TEST_CASE("a miss does what on_miss says") {
  std::string_view text = "lookup(ads, ad_id).campaign_id";
  CHECK(found(OnMiss::keep, "9", text) == "missing");
  CHECK(found(OnMiss::drop, "9", text) == "drop");
  CHECK(found(OnMiss::dead_letter, "9", text) ==
        "reject lookup_miss: where of stats: the lookup ads has no row for ad_id");
  CHECK(found(OnMiss::stop, "9", text) ==
        "stop: where of stats: the lookup ads has no row for ad_id");
}

TEST_CASE("a kept miss is missing, so that it can be asked for") {
  CHECK(found(OnMiss::keep, "9", "has(lookup(ads, ad_id).campaign_id)") == "false");
  CHECK(found(OnMiss::keep, "8", "has(lookup(ads, ad_id).campaign_id)") == "true");
  CHECK(found(OnMiss::keep, "9", "coalesce(lookup(ads, ad_id).campaign_id, \"none\")") ==
        "\"none\"");
}

TEST_CASE("a cell that is null is null, unlike one that is empty") {
  const auto found_in = [](std::string_view key, std::string_view text) {
    Bench bench;
    bench.field("id", Type::string, Value::of(key));
    bench.lookup("users", LookupTable::build({"id", "team"}, "id", {{"7", ""}, {"8", ""}}, {},
                                             {false, true, false, false}).value(),
                 OnMiss::keep);
    return bench.run(text);
  };
  CHECK(found_in("7", "lookup(users, id).team") == "null");
  CHECK(found_in("8", "lookup(users, id).team") == "\"\"");
  CHECK(found_in("7", "coalesce(lookup(users, id).team, \"none\")") == "\"none\"");
  CHECK(found_in("8", "coalesce(lookup(users, id).team, \"none\")") == "\"\"");
}

TEST_CASE("a key that is not there is the record's error, also where misses are kept") {
  Bench bench;
  bench.field("ad_id", Type::string, Value::missing(), true);
  bench.lookup("ads", ads(), OnMiss::keep);
  CHECK(bench.outcome("lookup(ads, ad_id).campaign_id") == "reject null_operand");
}

TEST_CASE("each column is listed once, with the place of its first use") {
  Typing typing({}, {}, {"ads", "users"});
  NodePtr first = parsed("lookup(users, id).name == lookup(ads, id).campaign");
  NodePtr second = parsed("lookup(ads, id).owner + lookup(ads, id).campaign");
  typing.add(first, Use::condition, 3);
  typing.add(second, Use::group_key, 4);
  REQUIRE(typing.resolve().empty());
  const auto& columns = typing.lookup_columns();
  REQUIRE(columns.size() == 3);
  CHECK(columns[0].lookup == 1);
  CHECK(columns[0].column == "name");
  CHECK(columns[1].lookup == 0);
  CHECK(columns[1].column == "campaign");
  CHECK(columns[1].owner == 3);
  CHECK(columns[2].column == "owner");
  CHECK(columns[2].owner == 4);
  CHECK(columns[2].span.begin == 16);
  CHECK(second->operands[0]->slot == 1);
  CHECK(second->operands[1]->slot == 0);
}

TEST_CASE("an unknown lookup is answered with the nearest one") {
  Bench bench;
  bench.lookup("campaigns", ads(), OnMiss::keep);
  CHECK(bench.run("lookup(campaign, \"a\").x") ==
        "8: there is no lookup campaign, did you mean campaigns?");
  CHECK(Bench().run("lookup(ads, \"a\").x") ==
        "8: there is no lookup ads; this pipeline has no lookups");
}

}  // namespace
}  // namespace tallymill::expression
