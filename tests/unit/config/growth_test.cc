#include "config/growth.h"

#include "config/fingerprint.h"
#include "unit/config/edited.h"

#include "support/catch.h"

namespace tallymill {
namespace {

const std::string base = R"(kafka: {brokers: "localhost:9092"}
postgres: {dsn: "dbname=stats"}
pipelines:
  ads:
    source:
      topics: [events]
      fields: {cost: decimal, kind: string}
    lookups:
      ads: {file: ads.csv, key: id, on_miss: drop}
    derive:
      campaign: lookup(ads, ad).campaign
    aggregations:
      stats:
        where: kind == "view"
        window: 10s
        group_by: [campaign]
        columns:
          n: count()
          spend: sum(cost)
          price: spend / n
)";

std::string text_with(const std::string& from, const std::string& to) {
  return canonical_text(load_edited(base, from, to).spec->pipelines.at(0));
}

std::optional<Growth> growth_with(const std::string& from, const std::string& to) {
  return growth_of(text_with("ads", "ads"), text_with(from, to));
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("columns and formulas that are added are growth, and are named") {
  const auto one = growth_with("n: count()", "n: count()\n          most: max(cost)");
  REQUIRE(one);
  CHECK(one->columns_of("stats") == Names{"most"});
  CHECK(one->aggregations.empty());
  CHECK(one->reads.empty());
  const auto mean = growth_with("n: count()", "n: count()\n          mean: avg(cost)");
  REQUIRE(mean);
  CHECK(mean->columns_of("stats") == Names{"mean"});
  const auto formula = growth_with("spend / n", "spend / n\n          half: spend / 2");
  REQUIRE(formula);
  CHECK(formula->columns_of("stats") == Names{"half"});
  CHECK(formula->columns_of("others").empty());
}

TEST_CASE("an aggregation that is added is growth, with what it reads") {
  const auto more = growth_with(
      "      stats:", "      by_user: {group_by: [user], columns: {n: count()}}\n      stats:");
  REQUIRE(more);
  CHECK(more->aggregations == Names{"by_user"});
  CHECK(more->grown.empty());
  CHECK(more->reads == Names{"field \"user\" string"});
  const auto lookup =
      growth_with("    derive:\n", "      users: {file: users.csv, key: id}\n    derive:\n      team: "
                                    "lookup(users, user).team\n");
  REQUIRE(lookup);
  CHECK(lookup->reads.size() == 3);
}

TEST_CASE("the order of columns counts for nothing") {
  const auto moved = growth_with("          n: count()\n          spend: sum(cost)\n",
                                 "          spend: sum(cost)\n          n: count()\n");
  REQUIRE(moved);
  CHECK(moved->grown.empty());
}

TEST_CASE("whatever counts otherwise than before is no growth") {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"topics: [events]", "topics: [events, more]"},
      {"cost: decimal", "cost: int"},
      {"cost: decimal", "cost: decimal?"},
      {"key: id", "key: ad"},
      {"on_miss: drop", "on_miss: stop"},
      {".campaign\n", ".advertiser\n"},
      {"    aggregations:", "    on_error: skip\n    aggregations:"},
      {"    aggregations:", "    max_future: 1h\n    aggregations:"},
      {"kind == \"view\"", "kind == \"click\""},
      {"        where: kind == \"view\"\n", ""},
      {"window: 10s", "window: 20s"},
      {"[campaign]", "[campaign, kind]"},
      {"n: count()", "n: count(kind == \"view\")"},
      {"spend / n", "spend / n * 100"},
      {"          price: spend / n\n", ""},
      {"window: 10s", "window: 10s\n        late: drop\n        late_after: 1h"},
      {"window: 10s", "window: 10s\n        sinks: {postgres: {table: other}}"},
      {"      stats:", "      stats2:"},
      {"    derive:\n", "      users: {file: users.csv, key: id, on_miss: drop}\n    derive:\n      "
                        "team: lookup(users, user).team\n"},
  };
  for (const auto& [from, to] : changes) {
    DYNAMIC_SECTION(from << " becomes " << to) { CHECK_FALSE(growth_with(from, to)); }
  }
}

TEST_CASE("where errors leave no dead letters, columns that cannot fail are growth") {
  const std::string before = "    aggregations:\n      stats:\n        where: kind == \"view\"\n        window: 10s\n"
                             "        group_by: [campaign]\n        columns:\n";
  const auto adds = [&](const std::string& on_error, const std::string& column) {
    const std::string now = "    on_error: " + on_error + "\n" + before;
    return growth_of(text_with(before, now), text_with(before, now + "          more: " + column + "\n")).has_value();
  };
  for (const std::string on_error : {"skip", "stop"}) {
    for (const char* sure : {"count()", "count(kind == \"view\")", "max(cost)"}) CHECK(adds(on_error, sure));
    for (const char* fails : {"sum(cost)", "max(int(kind))", "count(cost / cost == decimal(\"1\"))", "spend / n"}) {
      INFO(fails);
      CHECK_FALSE(adds(on_error, fails));
      CHECK(adds("dead_letter", fails));
    }
  }
}

TEST_CASE("where errors leave no dead letters, aggregations are growth and fields are not") {
  for (const std::string on_error : {"skip", "stop"}) {
    const std::string before = "    on_error: " + on_error + "\n    aggregations:";
    const std::string reads = before + "\n      by_user: {group_by: [user], columns: {n: count()}}";
    const std::string counts = before + "\n      by_kind: {group_by: [kind], columns: {n: count()}}";
    CHECK_FALSE(growth_of(text_with("    aggregations:", before), text_with("    aggregations:", reads)));
    CHECK(growth_of(text_with("    aggregations:", before), text_with("    aggregations:", counts)));
  }
}

TEST_CASE("what drops records may be asked for more only where it was asked for before") {
  const std::string before = "      stats:";
  const std::string more = "      more: {columns: {n: count()}, group_by: [campaign]";
  CHECK(growth_with(before, more + ", where: kind == \"view\"}\n" + before));
  CHECK_FALSE(growth_with(before, more + "}\n" + before));
  CHECK_FALSE(growth_with(before, more + ", where: kind == \"click\"}\n" + before));
  CHECK(growth_with("n: count()", "n: count()\n          some: count(campaign == \"a\")"));
  CHECK_FALSE(growth_with("n: count()", "n: count()\n          some: count(lookup(ads, ad).advertiser == \"a\")"));
  CHECK_FALSE(growth_of(text_with("    derive:", "    derive:\n      short: campaign + \"-\""),
                        text_with("    aggregations:", "      short: campaign + \"-\"\n    aggregations:\n"
                                                       "      more: {columns: {n: count()}, group_by: [short]}")));
}

TEST_CASE("nothing is growth of a text that nobody knows") {
  CHECK_FALSE(growth_of("", text_with("ads", "ads")));
}

}  // namespace tallymill
