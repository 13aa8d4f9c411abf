// Roles without rights: what a DBA runs suffices, and what is lacking is named.

#include "integration/instance.h"
#include "sink/postgres/migration.h"
#include "sink/postgres/status_reader.h"

#include "support/catch.h"

namespace tallymill::testing {
namespace {

// Takes away what Postgres gives to everybody.
void lock_down(Database& database) {
  database.query("REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;");
  const std::string name = database.value("SELECT current_database()");
  database.query("REVOKE ALL ON DATABASE " + name + " FROM PUBLIC; GRANT CONNECT ON DATABASE " + name +
                 " TO PUBLIC");
}

Settings settings_for(const std::string& user) {
  Settings settings;
  settings.user = user;
  settings.postgres = ", ddl: check";
  settings.more = "    ledger: {retention: 1d}\n";
  settings.aggregations =
      "      counts:\n"
      "        window: 10s\n"
      "        retention: 1d\n"
      "        group_by: [key]\n"
      "        columns: {n: count(), total: sum(amount), latest: last(amount)}\n"
      "      others:\n"
      "        window: 10s\n"
      "        group_by: [key]\n"
      "        columns: {n: count(), total: sum(amount), latest: last(amount)}\n"
      "        sinks: {postgres: {table: reports.others}}\n";
  return settings;
}

Folded record(std::string_view key) {
  const Value one = Value::of(std::int64_t{1});
  return {{Value::of(Timestamp(1'767'225'600'000'000)), Value::of(key)}, {Value::missing(), one, one}};
}

}  // namespace

TEST_CASE("what migrate --sql prints suffices for a role without CREATE and TEMP") {
  Database database;
  lock_down(database);
  const std::string daemon = database.make_role("daemon");
  const std::string reader = database.make_role("reader");
  Settings settings = settings_for(daemon);
  settings.postgres += ", readers: [" + reader + "]";
  Instance instance(database, settings);
  const auto refused = instance.store->open();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().reaction() == Reaction::stop);
  CHECK(refused.error().code() == "schema_missing");
  CHECK_THAT(refused.error().message(), Catch::Contains("migrate --sql"));

  const std::string sql = postgres::migration_sql(instance.spec, daemon);
  database.query(sql);
  database.query(sql);  // Again is harmless.
  instance.start();
  Batch batch = instance.batch({record("a"), record("b")});
  batch.dead_letters.push_back({{"events", Partition(0)}, "id-1", Offset(0), Timestamp(0), "", "late",
                                "m", {}, {}, {}, false});
  batch.gaps.push_back({{"events", Partition(0)}, "id-1", Offset(0), Offset(1), "retention"});
  instance.commit(batch);
  instance.commit(instance.batch({record("a")}));
  CHECK(instance.store->prune().ok());
  CHECK(instance.store->resolve(batch).value().kind == Resolution::Kind::committed);
  CHECK(instance.store->renew_lease().value());
  CHECK(postgres::StatusReader(instance.spec.postgres, plain_secrets()).look().ok());
  CHECK(Sql(database.dsn(reader)).value("SELECT sum(n) FROM reports.others") == "3");
  CHECK(Sql(database.dsn(reader)).value("SELECT last_batch FROM tallymill.status") == "2");
  CHECK(Sql(database.dsn(daemon)).refusal("CREATE TABLE public.t ()") == "42501");
  CHECK(Sql(database.dsn(daemon)).refusal("CREATE TEMP TABLE t ()") == "42501");
}

TEST_CASE("with ddl: check a table that is missing is answered with its CREATE TABLE") {
  Database database;
  REQUIRE(Instance(database).store->open().ok());
  Settings settings;
  settings.postgres = ", ddl: check";
  settings.pipeline = "more";
  settings.aggregations = "      more_counts: {group_by: [key], columns: {n: count()}}\n";
  Instance instance(database, settings);
  const auto refused = instance.store->open();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code() == "table_missing");
  const std::string& message = refused.error().message();
  database.query(message.substr(message.find("CREATE TABLE")));
  CHECK(instance.store->open().ok());
}

TEST_CASE("a role that lacks privileges on a table is told the GRANT that it lacks") {
  Database database;
  lock_down(database);
  const std::string daemon = database.make_role("daemon");
  Instance instance(database, settings_for(daemon));
  database.query(postgres::migration_sql(instance.spec, daemon));

  std::string lacking;
  SECTION("SELECT") { lacking = "SELECT"; }
  SECTION("INSERT") { lacking = "INSERT"; }
  SECTION("UPDATE") { lacking = "UPDATE"; }
  SECTION("DELETE, for retention") { lacking = "DELETE"; }
  SECTION("two") { lacking = "INSERT, UPDATE"; }
  database.query("REVOKE " + lacking + " ON counts FROM " + daemon);
  const auto refused = instance.store->open();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().reaction() == Reaction::stop);
  const std::string grant = "GRANT " + lacking + " ON \"public\".\"counts\" TO \"" + daemon + "\";";
  CHECK_THAT(refused.error().message(), Catch::Contains(grant));
  database.query(grant);
  CHECK(instance.store->open().ok());
}

TEST_CASE("a role that lacks privileges on the daemon's own schema is told the GRANT that it lacks") {
  Database database;
  lock_down(database);
  const std::string daemon = database.make_role("daemon");
  Instance instance(database, settings_for(daemon));
  database.query(postgres::migration_sql(instance.spec, daemon));

  std::string privilege;
  SECTION("USAGE of the schema") { privilege = "USAGE ON SCHEMA \"tallymill\""; }
  SECTION("the ledger") { privilege = "INSERT ON \"tallymill\".\"batch\""; }
  SECTION("the version") { privilege = "SELECT ON \"tallymill\".\"schema_version\""; }
  SECTION("checkpoints") { privilege = "UPDATE ON \"tallymill\".\"checkpoint\""; }
  SECTION("USAGE of the table's schema") { privilege = "USAGE ON SCHEMA \"reports\""; }
  database.query("REVOKE " + privilege + " FROM " + daemon);
  const auto refused = instance.store->open();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().reaction() == Reaction::stop);
  const std::string grant = "GRANT " + privilege + " TO \"" + daemon + "\";";
  CHECK_THAT(refused.error().message(), Catch::Contains(grant));
  database.query(grant);
  CHECK(instance.store->open().ok());
}

TEST_CASE("with ddl: apply a role that may not create is told the GRANT that it lacks") {
  Database database;
  lock_down(database);
  const std::string daemon = database.make_role("daemon");
  Settings settings = settings_for(daemon);
  settings.postgres = "";
  Instance instance(database, settings);
  for (const char* object : {"DATABASE", "SCHEMA"}) {
    const auto refused = instance.store->open();
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().reaction() == Reaction::stop);
    const std::string& message = refused.error().message();
    const std::size_t grant = message.find("GRANT CREATE ON " + std::string(object));
    INFO(message);
    REQUIRE(grant != std::string::npos);
    database.query(message.substr(grant, message.find(';', grant) - grant));
  }
  instance.start();
  instance.commit(instance.batch({record("a")}));
}

TEST_CASE("a schema that the DBA has made for the daemon's role is enough") {
  Database database;
  lock_down(database);
  const std::string daemon = database.make_role("daemon");
  database.query("CREATE SCHEMA tallymill AUTHORIZATION " + daemon + "; CREATE SCHEMA reports "
                 "AUTHORIZATION " + daemon + "; GRANT CREATE ON SCHEMA public TO " + daemon);
  Settings settings = settings_for(daemon);
  settings.postgres = "";
  Instance instance(database, settings);
  instance.start();
  instance.commit(instance.batch({record("a")}));
}

}  // namespace tallymill::testing
