// Plans of roles that may not do everything.

#include "integration/planned.h"
#include "sink/postgres/migration.h"

#include "support/catch.h"

namespace tallymill::testing {

TEST_CASE("a role that lacks rights is foreseen, with the rights that the plan itself needs") {
  Database database;
  database.query("REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC");
  const std::string daemon = database.make_role("daemon");
  Settings settings;
  settings.user = daemon;
  SECTION("no schema") { CHECK(refused_with(come_true(database, settings)) == "42501"); }
  SECTION("with what migrate --sql grants") {
    database.query(postgres::migration_sql(spec_for(database, settings), daemon));
    CHECK(refused_with(come_true(database, settings)).empty());
    Instance instance(database, settings);
    instance.start();
    instance.commit(instance.batch({amount("a", 1)}));
    SECTION("a column, which its owner alone may add") {
      Settings more = settings;
      more.aggregations = "      counts: {group_by: [key], columns: {n: count(), total: sum(amount), most: "
                          "max(amount)}}\n";
      instance.store->release_lease();
      CHECK(refused_with(come_true(database, more)) == "42501");
    }
    SECTION("a table without UPDATE") {
      database.query("REVOKE UPDATE ON counts FROM " + daemon);
      CHECK(refused_with(come_true(database, settings)) == "42501");
    }
    SECTION("readers, whom it may not let in") {
      settings.postgres = ", readers: [" + database.make_role("reader") + "]";
      CHECK(refused_with(come_true(database, settings)) == "42501");
    }
  }
}

TEST_CASE("readers that lack something are planned, and one that is nobody is foreseen") {
  Database database;
  count_once(database);
  Settings settings;
  SECTION("a role") {
    settings.postgres = ", readers: [" + database.make_role("reader") + "]";
    const postgres::StartPlan plan = come_true(database, settings);
    CHECK(plan.pipelines.at(0).reader_grants.find("GRANT SELECT ON \"public\".\"counts\"") != std::string::npos);
  }
  SECTION("nobody") {
    settings.postgres = ", readers: [nobody-here]";
    CHECK(refused_with(come_true(database, settings)) == "42704");
  }
}

}  // namespace tallymill::testing
