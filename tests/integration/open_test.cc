// What open() makes, and when it refuses.

#include <thread>

#include "integration/instance.h"

#include "support/catch.h"

namespace tallymill::testing {
namespace {

Error refusal(Instance& instance) {
  auto opened = instance.store->open();
  REQUIRE_FALSE(opened.ok());
  return opened.error();
}

std::string tables(Database& database) {
  return database.value("SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE "
                        "relnamespace = 'tallymill'::regnamespace AND relkind IN ('r', 'v')");
}

}  // namespace

TEST_CASE("an empty database gets the schema, the tables and a pipeline that has counted nothing") {
  Database database;
  Settings settings;
  settings.aggregations =
      "      counts:\n"
      "        group_by: [key]\n"
      "        columns: {n: count()}\n"
      "        sinks: {postgres: {table: reports.counts}}\n";
  Instance instance(database, settings);
  const auto progress = instance.store->open();
  REQUIRE(progress.ok());
  CHECK(progress.value().sequence == 0);
  CHECK(progress.value().known_partitions == 0);
  CHECK_FALSE(progress.value().orders.paused);
  CHECK(progress.value().fingerprint == instance.pipeline().fingerprint);
  CHECK(tables(database) ==
        "aggregation batch checkpoint dead_letter gap instance lookup_version pipeline schema_version status");
  CHECK(database.value("SELECT count(*) FROM reports.counts") == "0");
  CHECK(database.value("SELECT table_oid = 'reports.counts'::regclass FROM tallymill.aggregation") ==
        "t");
  // Again changes nothing, for this store and the next.
  CHECK(instance.store->open().ok());
  CHECK(Instance(database, settings).store->open().ok());
}

TEST_CASE("that a pipeline has looked for its topics is kept, also where there was none") {
  Database database;
  Instance instance(database);
  const auto before = instance.store->open();
  REQUIRE(before.ok());
  CHECK_FALSE(before->started);
  const auto looked = instance.store->insert_checkpoints({}, *before);
  REQUIRE(looked.ok());
  CHECK(looked->started);
  CHECK(looked->checkpoints.empty());
  CHECK(Instance(database).store->open()->started);
  // Nothing was counted, so another configuration begins anew.
  Settings other;
  other.more = "    on_error: skip\n";
  CHECK_FALSE(Instance(database, other).store->open()->started);
}

TEST_CASE("a pipeline that an older version started has looked for its topics") {
  Database database;
  Instance instance(database);
  instance.start();
  database.query("ALTER TABLE tallymill.pipeline DROP COLUMN started; UPDATE tallymill.schema_version SET version = 3");
  const auto updated = Instance(database).store->open();
  REQUIRE(updated.ok());
  CHECK(updated->started);
}

TEST_CASE("the schema may have any name") {
  Database database;
  Settings settings;
  settings.postgres = ", schema: state_of_mill";
  Instance instance(database, settings);
  instance.start();
  CHECK(database.value("SELECT count(*) FROM state_of_mill.pipeline") == "1");
}

TEST_CASE("ten stores that open one empty database at once all succeed") {
  Database database;
  std::vector<std::unique_ptr<Instance>> instances;
  for (int i = 0; i < 10; ++i) {
    Settings settings;
    // Two instances of each of five pipelines.
    settings.pipeline = "counts_" + std::to_string(i / 2);
    settings.aggregations = "      t" + std::to_string(i / 2) + ": {columns: {n: count()}}\n";
    instances.push_back(std::make_unique<Instance>(database, settings, "s" + std::to_string(i)));
  }
  std::vector<std::string> outcomes(instances.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < instances.size(); ++i) {
    threads.emplace_back([&instances, &outcomes, i] {
      const auto opened = instances[i]->store->open();
      outcomes[i] = opened.ok() ? "open" : opened.error().message();
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(outcomes == std::vector<std::string>(instances.size(), "open"));
  CHECK(database.value("SELECT count(*) FROM tallymill.pipeline") == "5");
  CHECK(database.value("SELECT count(*) FROM tallymill.aggregation") == "5");
}

TEST_CASE("a schema of a newer version is refused and left as it is") {
  Database database;
  REQUIRE(Instance(database).store->open().ok());
  database.query("UPDATE tallymill.schema_version SET version = version + 1");
  Instance instance(database);
  const Error error = refusal(instance);
  CHECK(error.reaction() == Reaction::stop);
  CHECK(error.code() == "schema_version");
}

TEST_CASE("a configuration that counts otherwise is refused once something was counted") {
  Database database;
  Instance former(database);
  former.start();
  Settings changed;
  changed.aggregations =
      "      counts:\n"
      "        group_by: [key]\n"
      "        where: amount > 3\n"
      "        columns: {n: count(), total: sum(amount)}\n";
  SECTION("before") {
    Instance instance(database, changed);
    instance.start();
    instance.commit(instance.batch({amount("a", 5)}));
  }
  SECTION("after") {
    former.commit(former.batch({amount("a", 1)}));
    Instance instance(database, changed);
    const Error error = refusal(instance);
    CHECK(error.reaction() == Reaction::stop);
    CHECK(error.code() == "config_changed");
    // The former one still goes.
    CHECK(Instance(database).store->open().ok());
  }
}

TEST_CASE("a configuration that counts more goes on, and what is new counts from the next batch on") {
  Database database;
  Instance former(database);
  former.start(2);
  former.commit(former.batch({amount("a", 1), amount("b", 2)}));
  Settings settings;
  settings.aggregations =
      "      counts:\n"
      "        group_by: [key]\n"
      "        columns: {n: count(), total: sum(amount), seen: count(), most: max(amount), latest: last(amount), "
      "mean: avg(amount)}\n"
      "      others:\n"
      "        group_by: [key]\n"
      "        columns: {n: count(), total: sum(amount), seen: count(), most: max(amount), latest: last(amount), "
      "mean: avg(amount)}\n";
  const Value ten = Value::of(std::int64_t{10});
  const Folded record{{Value::of(std::string_view("a"))},
                      {Value::missing(), ten, Value::missing(), ten, ten, ten}};
  const Batch under_way = former.batch({amount("a", 1)});

  SECTION("once the former one has let go") {
    former.store->release_lease();
    Instance instance(database, settings, "s2");
    instance.start(2);
    CHECK(former.store->commit(under_way).kind == CommitResult::Kind::conflict);
    instance.commit(instance.batch({record}));
    CHECK(database.query("SELECT key, n, total, seen, most, latest, mean::int FROM counts ORDER BY key") ==
          Cells{{"a", "2", "11", "1", "10", "10", "10"}, {"b", "1", "2", "0", "NULL", "NULL", "NULL"}});
    CHECK(database.query("SELECT key, n, total FROM others") == Cells{{"a", "1", "10"}});
    CHECK(database.query("SELECT aggregation, x.partition, x.\"offset\" FROM tallymill.aggregation, "
                         "jsonb_to_recordset(counts_since) x(partition bigint, \"offset\" numeric) ORDER BY "
                         "1, 2") ==
          Cells{{"counts", "0", "0"}, {"counts", "1", "0"}, {"others", "0", "2"}, {"others", "1", "0"}});
    // There is no way back, for what the former one would leave out.
    CHECK(refusal(former).code() == "config_changed");
    CHECK(former.store->observe_lease().error().code() == "config_changed");
  }
  SECTION("and waits while it counts") {
    Instance instance(database, settings, "s2");
    const auto waiting = instance.store->open();
    REQUIRE(waiting.ok());
    CHECK(waiting->fingerprint == former.pipeline().fingerprint);
    CHECK(instance.store->observe_lease().ok());
    former.commit(under_way);
    CHECK(database.value("SELECT count(*) FROM pg_attribute WHERE attrelid = 'counts'::regclass AND attname = "
                         "'most'") == "0");
    former.store->release_lease();
    CHECK(instance.store->open()->fingerprint == instance.pipeline().fingerprint);
  }
}

TEST_CASE("a pipeline that is renamed takes its checkpoints, tables and ledger along") {
  Database database;
  Instance former(database);
  former.start();
  former.commit(former.batch({amount("a", 1)}));
  Settings settings;
  settings.pipeline = "tallies";
  SECTION("when the configuration says so") {
    settings.more = "    renamed_from: counts\n";
    Instance instance(database, settings, "s2");
    instance.start();
    CHECK(instance.progress.sequence == 1);
    CHECK(instance.progress.checkpoints[0].next_offset == Offset(1));
    instance.commit(instance.batch({amount("a", 1)}));
    CHECK(database.value("SELECT n FROM counts") == "2");
    CHECK(database.value("SELECT count(*) FROM tallymill.batch WHERE pipeline = 'tallies'") == "2");
    // The former name's process is out.
    CHECK(former.store->commit(former.batch({amount("a", 1)})).kind == CommitResult::Kind::conflict);
  }
  SECTION("but not silently") {
    Instance instance(database, settings);
    const Error error = refusal(instance);
    CHECK(error.code() == "table_owned");
    CHECK_THAT(error.message(), Catch::Contains("of pipeline counts"));
    CHECK_THAT(error.message(), Catch::Contains("renamed_from"));
  }
}

TEST_CASE("a pipeline whose checkpoints were deleted still knows how many it had") {
  Database database;
  Instance instance(database);
  instance.start(2);
  instance.commit(instance.batch({amount("a", 1)}));
  database.query("DELETE FROM tallymill.checkpoint");
  const auto progress = Instance(database).store->open();
  REQUIRE(progress.ok());
  CHECK(progress.value().sequence == 1);
  CHECK(progress.value().known_partitions == 2);
  CHECK(progress.value().checkpoints.empty());
}

TEST_CASE("readers are granted what they need to see the tables, and nothing more") {
  Database database;
  const std::string reader = database.make_role("reader");
  Settings settings;
  settings.postgres = ", readers: [" + reader + "]";
  settings.aggregations =
      "      counts:\n"
      "        group_by: [key]\n"
      "        columns: {n: count(), total: sum(amount)}\n"
      "        sinks: {postgres: {table: reports.counts}}\n";
  Instance instance(database, settings);
  instance.start();
  instance.commit(instance.batch({amount("a", 1)}));
  Sql session(database.dsn(reader));
  CHECK(session.value("SELECT n FROM reports.counts") == "1");
  CHECK(session.value("SELECT last_batch FROM tallymill.status") == "1");
  CHECK(session.refusal("UPDATE reports.counts SET n = 2") == "42501");
  CHECK(session.refusal("SELECT * FROM tallymill.dead_letter") == "42501");
  CHECK(session.refusal("SELECT * FROM tallymill.checkpoint") == "42501");
}

TEST_CASE("a reader that is no role is an error that names it") {
  Database database;
  Settings settings;
  settings.postgres = ", readers: [nobody-here]";
  Instance instance(database, settings);
  const Error error = refusal(instance);
  CHECK(error.reaction() == Reaction::stop);
  CHECK_THAT(error.message(), Catch::Contains("nobody-here"));
}

}  // namespace tallymill::testing
