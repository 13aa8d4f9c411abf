#include "sink/postgres/target_table.h"

#include "support/catch.h"

namespace tallymill::postgres {
namespace {

using Kind = Formula::Kind;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TablePlan campaigns() {
  TablePlan plan;
  plan.schema = "ads";
  plan.table = "stats";
  plan.key = {{"window_start", SqlType::timestamptz, false}, {"campaign", SqlType::text, false}};
  plan.parts = {{"n", SqlType::bigint, Merge::add, true},
                {"spend", SqlType::numeric, Merge::add, false},
                {"least_cost", SqlType::numeric, Merge::least, false}};
  return plan;
}

}  // namespace

TEST_CASE("a table is made with its key in the primary key and room for updates on the page") {
  const std::string ddl = create_table_ddl(campaigns());
  CHECK(contains(ddl, "CREATE TABLE \"ads\".\"stats\""));
  CHECK(contains(ddl, "\"campaign\" text COLLATE \"C\" NOT NULL"));
  CHECK(contains(ddl, "\"n\" bigint NOT NULL DEFAULT 0"));
  CHECK(contains(ddl, "\"spend\" numeric,"));
  CHECK(contains(ddl, "PRIMARY KEY (\"window_start\", \"campaign\")"));
  CHECK(contains(ddl, "fillfactor = 70"));
}

TEST_CASE("a key that may be null is unique with nulls not distinct") {
  TablePlan plan = campaigns();
  plan.key[1].nullable = true;
  const std::string ddl = create_table_ddl(plan);
  CHECK(contains(ddl, "UNIQUE NULLS NOT DISTINCT (\"window_start\", \"campaign\")"));
  CHECK(contains(ddl, "\"campaign\" text COLLATE \"C\","));
}

TEST_CASE("a table without key has one row") {
  TablePlan plan = campaigns();
  plan.key.clear();
  CHECK(contains(create_table_ddl(plan),
                 "\"only_row\" boolean NOT NULL DEFAULT true CHECK (\"only_row\")"));
  CHECK(contains(upsert_sql(plan), "ON CONFLICT (\"only_row\")"));
}

TEST_CASE("an upsert merges, with null as the identity") {
  const std::string sql = upsert_sql(campaigns());
  CHECK(contains(sql, "unnest($5::numeric[]) AS"));
  CHECK(contains(sql, "\"n\" = t.\"n\" + EXCLUDED.\"n\""));
  CHECK(contains(sql, "\"spend\" = coalesce(t.\"spend\" + EXCLUDED.\"spend\", t.\"spend\", EXCLUDED.\"spend\")"));
  CHECK(contains(sql, "\"least_cost\" = least(t.\"least_cost\", EXCLUDED.\"least_cost\")"));
}

TEST_CASE("a table of keys only has nothing to update") {
  TablePlan plan = campaigns();
  plan.parts.clear();
  CHECK(upsert_sql(plan).ends_with("DO NOTHING"));
}

TEST_CASE("names are quoted wherever they stand") {
  TablePlan plan = campaigns();
  plan.table = "st\"ats";
  plan.key[1].name = "camp\"aign";
  plan.parts[0].name = "n\"";
  for (const std::string& sql : {create_table_ddl(plan), upsert_sql(plan), find_overflow_sql(plan)}) {
    CHECK(contains(sql, "\"st\"\"ats\""));
    CHECK(contains(sql, "\"camp\"\"aign\""));
    CHECK(contains(sql, "\"n\"\"\""));
  }
}

TEST_CASE("division is true division and null where the divisor is 0") {
  const Formula rate{Kind::divide, "", {{Kind::part, "clicks", {}}, {Kind::part, "views", {}}}};
  CHECK(formula_sql(rate, SqlType::numeric) == "(\"clicks\"::numeric / nullif(\"views\"::numeric, 0))");
}

TEST_CASE("arithmetic of doubles is guarded against leaving their range") {
  const Formula part{Kind::part, "x", {}};
  CHECK(formula_sql(part, SqlType::double_precision) == "\"x\"::double precision");
  const std::string product = formula_sql({Kind::multiply, "", {part, part}}, SqlType::double_precision);
  CHECK(contains(product, "CASE WHEN abs((\"x\"::numeric * \"x\"::numeric)) <= 1.79e308"));
}

}  // namespace tallymill::postgres
