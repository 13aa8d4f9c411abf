// What migrate does to a database that daemons work in.

#include <chrono>
#include <future>
#include <mutex>
#include <thread>

#include "integration/instance.h"
#include "sink/postgres/apply_migration.h"

#include "support/catch.h"

namespace tallymill::testing {
namespace {

using postgres::Migration;

struct Migrated {
  std::vector<std::string> said;
  std::vector<std::string> left;  // Codes.
  std::string error;              // Code.
};

Migrated migrate(const Spec& spec, Migration migration = {}) {
  Migrated outcome;
  migration.say = [&outcome](const std::string& line) { outcome.said.push_back(line); };
  migration.wait = migration.say;
  const auto left = postgres::apply_migration(spec, migration, plain_secrets());
  if (!left.ok()) {
    INFO(left.error().message());
    outcome.error = left.error().code();
    return outcome;
  }
  for (const Error& error : *left) outcome.left.push_back(error.code());
  return outcome;
}

Settings grown(const std::string& columns) {
  Settings settings;
  settings.aggregations =
      "      counts:\n"
      "        group_by: [key]\n"
      "        columns: {n: count(), total: sum(amount), " + columns + "}\n";
  return settings;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("migrate makes what is missing, and again nothing") {
  Database database;
  const Spec spec = spec_for(database);
  CHECK(migrate(spec).said == Lines{"made schema tallymill", "made table public.counts"});
  CHECK(migrate(spec).said.empty());
  Instance instance(database);
  instance.start();
  instance.commit(instance.batch({amount("a", 1)}));
  CHECK(migrate(spec).said.empty());
  CHECK(table(database) == "a 1 1; ");
}

TEST_CASE("columns are added while a daemon counts, which goes on, and count once the new one starts") {
  Database database;
  Instance former(database);
  former.start();
  former.commit(former.batch({amount("a", 1)}));
  Settings settings = grown("most: max(amount)");
  settings.postgres = ", ddl: check";
  CHECK(migrate(spec_for(database, settings)).said ==
        Lines{"added to table public.counts: most bigint"});
  former.commit(former.batch({amount("a", 5)}));
  CHECK(database.value("SELECT most IS NULL FROM counts") == "t");
  former.store->release_lease();
  Instance instance(database, settings, "s2");
  instance.start();
  instance.commit(instance.batch({{{Value::of(std::string_view("a"))},
                                   {Value::missing(), Value::of(std::int64_t{3}), Value::of(std::int64_t{3})}}}));
  CHECK(database.query("SELECT n, total, most FROM counts") == Cells{{"3", "9", "3"}});
}

TEST_CASE("what was added empty is not read through again, for as long as the table is counted without it") {
  Database database;
  Instance former(database);
  former.start();
  former.commit(former.batch({amount("a", 1)}));
  const Spec spec = spec_for(database, grown("most: max(amount)"));
  CHECK(migrate(spec).said == Lines{"added to table public.counts: most bigint"});
  // Whoever read the table would find this.
  database.query("UPDATE counts SET most = 7");
  CHECK(migrate(spec).left.empty());
  SECTION("a start takes it for empty") {
    former.store->release_lease();
    Instance instance(database, grown("most: max(amount)"), "s2");
    instance.start();
    CHECK(database.value("SELECT most FROM counts") == "7");
  }
  SECTION("under another fingerprint it is read") {
    database.query("UPDATE tallymill.aggregation SET fingerprint = 'another'");
    CHECK(migrate(spec).left == Lines{"column_not_empty"});
  }
  SECTION("another comment says nothing") {
    database.query("COMMENT ON COLUMN counts.most IS 'the greatest'");
    CHECK(migrate(spec).left == Lines{"column_not_empty"});
  }
}

TEST_CASE("a table with rows is written anew only where that is asked for") {
  Database database;
  Instance former(database);
  former.start();
  former.commit(former.batch({amount("a", 4), amount("a", 2)}));
  const Spec spec = spec_for(database, grown("per: total / n"));
  CHECK(migrate(spec).left == Lines{"table_rewrite"});
  CHECK(database.value("SELECT count(*) FROM pg_attribute WHERE attrelid = 'counts'::regclass AND attname = "
                       "'per'") == "0");
  Migration migration;
  migration.rewrite = true;
  CHECK(migrate(spec, migration).left.empty());
  CHECK(database.value("SELECT per = 3 FROM counts") == "t");
}

TEST_CASE("of a pipeline that counts otherwise only tables that are missing are made") {
  Database database;
  Instance former(database);
  former.start();
  former.commit(former.batch({amount("a", 1)}));
  Settings settings;
  settings.aggregations =
      "      counts: {group_by: [key], columns: {n: count(), most: max(amount)}}\n"
      "      others: {columns: {n: count()}}\n";
  const Migrated outcome = migrate(spec_for(database, settings));
  CHECK(outcome.left == Lines{"config_changed"});
  CHECK(outcome.said == Lines{"made table public.others"});
}

TEST_CASE("who writes waits behind migrate no longer than one try, however long somebody holds the table") {
  Database database;
  Instance former(database);
  former.start();
  former.commit(former.batch({amount("a", 1)}));
  Sql reader(database.dsn());
  reader.query("BEGIN; SELECT * FROM counts");
  Migration migration;
  migration.lock_timeout = std::chrono::milliseconds(300);
  migration.pause = std::chrono::milliseconds(300);
  const Spec spec = spec_for(database, grown("most: max(amount)"));
  auto migrating = std::async(std::launch::async, [&] { return migrate(spec, migration); });
  using Clock = std::chrono::steady_clock;
  Clock::duration longest{};
  for (const auto until = Clock::now() + std::chrono::seconds(4); Clock::now() < until;) {
    const auto began = Clock::now();
    former.commit(former.batch({amount("a", 1)}));
    longest = std::max(longest, Clock::now() - began);
  }
  CHECK(migrating.wait_for(std::chrono::seconds(0)) == std::future_status::timeout);
  // Somebody did wait, and for one try.
  CHECK(longest > std::chrono::milliseconds(100));
  CHECK(longest < std::chrono::milliseconds(1500));
  reader.query("COMMIT");
  CHECK(migrating.get().said == Lines{"waiting for table public.counts, which somebody has locked",
                                      "added to table public.counts: most bigint"});
}

TEST_CASE("other pipelines start while one's table is altered, however long that takes") {
  Database database;
  Instance former(database);
  former.start();
  former.commit(former.batch({amount("a", 1)}));
  Sql reader(database.dsn());
  reader.query("BEGIN; SELECT * FROM counts");
  Migration migration;
  migration.lock_timeout = std::chrono::minutes(1);
  const Spec spec = spec_for(database, grown("most: max(amount)"));
  auto migrating = std::async(std::launch::async, [&] { return migrate(spec, migration); });
  while (database.value("SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'") == "0") {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  Settings other;
  other.pipeline = "other";
  other.aggregations = "      others: {columns: {n: count()}}\n";
  CHECK(Instance(database, other).store->open().ok());
  reader.query("COMMIT");
  CHECK(migrating.get().said == Lines{"added to table public.counts: most bigint"});
}

TEST_CASE("patience ends, and says which table is held") {
  Database database;
  REQUIRE(Instance(database).store->open().ok());
  database.query("UPDATE tallymill.pipeline SET batch_sequence = 1");
  Sql reader(database.dsn());
  reader.query("BEGIN; SELECT * FROM counts");
  Migration migration;
  migration.lock_timeout = std::chrono::milliseconds(50);
  migration.pause = std::chrono::milliseconds(50);
  migration.patience = std::chrono::milliseconds(300);
  CHECK(migrate(spec_for(database, grown("most: max(amount)")), migration).error == "55P03");
}

}  // namespace tallymill::testing
