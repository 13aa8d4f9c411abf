// The end of a replay: the shadow's rows take the place of the live ones, in one transaction.

#include "integration/instance.h"
#include "pipeline/replay.h"
#include "sink/postgres/orders.h"
#include "sink/postgres/postgres_replay.h"
#include "sink/postgres/postgres_store.h"

#include "support/catch.h"

namespace tallymill::testing {
namespace {

Settings windowed() {
  Settings settings;
  settings.aggregations =
      "      counts:\n"
      "        window: 10s\n"
      "        columns: {n: count(), most: max(amount), rate: n / most}\n";
  return settings;
}

// A live pipeline that stands at offset 2 and a shadow of it that has counted up to `offset`.
struct Shadowed {
  explicit Shadowed(const Settings& settings = {}, std::optional<Timestamp> from = std::nullopt)
      : instance(database, settings),
        shadow(shadow_of(instance.pipeline(), "counts", from)),
        store(make_postgres_replay(instance.spec.postgres, instance.pipeline(), shadow, from,
                                   plain_secrets())) {
    instance.start();
    Batch batch = instance.batch({});
    batch.counts.read = 2;
    batch.counts.skipped = 2;
    batch.ranges[0].to = Offset(2);
    instance.commit(batch);
  }

  void count(std::int64_t offset) {
    auto shadow_store = make_postgres_store(instance.spec.postgres, shadow, {"replay", "r1"},
                                            plain_secrets());
    const auto opened = shadow_store->open();
    REQUIRE(opened.ok());
    REQUIRE(shadow_store
                ->insert_checkpoints({{{"events", Partition(0)}, "id-1", Offset(offset), {}, {}}}, *opened)
                .ok());
  }

  Result<std::int64_t> exchange() {
    REQUIRE(store->hold().ok());
    return store->exchange();
  }

  Database database;
  Instance instance;
  const PipelineSpec shadow;
  std::unique_ptr<ReplayStore> store;
};

}  // namespace

TEST_CASE("a shadow that stands where the pipeline stands gives the table its rows, and is gone") {
  Shadowed world;
  world.count(2);
  world.database.query("INSERT INTO counts (key, n) VALUES ('wrong', 9), ('a', 1);"
                       "INSERT INTO counts_replay (key, n, total) VALUES ('a', 5, 7), ('b', 2, NULL);"
                       "CREATE VIEW seen AS SELECT key, n FROM counts");
  CHECK(world.exchange().value() == 2);
  CHECK(world.database.query("SELECT key, n, total FROM counts ORDER BY key") ==
        Cells{{"a", "5", "7"}, {"b", "2", "NULL"}});
  CHECK(world.database.value("SELECT count(*) FROM seen") == "2");
  CHECK(world.database.value("SELECT to_regclass('counts_replay') IS NULL") == "t");
  CHECK(world.database.query("SELECT pipeline FROM tallymill.pipeline") == Cells{{"counts"}});
  // The daemon goes on into the same table from the same checkpoints.
  world.instance.commit(world.instance.batch({amount("a", 1)}));
  CHECK(world.database.value("SELECT n FROM counts WHERE key = 'a'") == "6");
}

TEST_CASE("a shadow that is behind or ahead changes nothing") {
  Shadowed world;
  world.count(GENERATE(1, 3));
  world.database.query("INSERT INTO counts (key, n) VALUES ('a', 1)");
  const auto refused = world.exchange();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code() == "replay_behind");
  CHECK(world.database.query("SELECT key, n FROM counts") == Cells{{"a", "1"}});
  CHECK(world.database.value("SELECT to_regclass('counts_replay') IS NULL") == "f");
}

TEST_CASE("windows before the boundary stay, generated columns follow") {
  Shadowed world(windowed(), parse_timestamp("2026-01-01T00:00:10Z"));
  world.count(2);
  world.database.query("INSERT INTO counts (window_start, n, most) VALUES ('2026-01-01 00:00:00Z', 3, 1), "
                       "('2026-01-01 00:00:10Z', 9, 1), ('2026-01-01 00:00:20Z', 9, 1);"
                       "INSERT INTO counts_replay (window_start, n, most) VALUES ('2026-01-01 00:00:00Z', "
                       "1, 1), ('2026-01-01 00:00:10Z', 4, 2)");
  CHECK(world.exchange().value() == 1);
  CHECK(world.database.query("SELECT window_start, n, trunc(rate) FROM counts ORDER BY 1") ==
        Cells{{"2026-01-01 00:00:00+00", "3", "3"}, {"2026-01-01 00:00:10+00", "4", "2"}});
}

TEST_CASE("records that are rejected now are dead letters of the aggregation, known ones stay as they are") {
  Shadowed world;
  world.count(2);
  world.database.query(
      "INSERT INTO tallymill.dead_letter (pipeline, topic_id, topic, partition, \"offset\", aggregation, "
      "reason, message, record_time, truncated, batch_sequence) SELECT p, 'id-1', 'events', 0, o, a, 'r', "
      "'m', now(), false, 1 FROM (VALUES ('counts', 0, ''), ('counts', 1, 'counts'), "
      "('counts.replay.counts', 0, ''), ('counts.replay.counts', 1, 'counts'), "
      "('counts.replay.counts', 2, '')) v(p, o, a)");
  REQUIRE(world.exchange().ok());
  CHECK(world.database.query("SELECT pipeline, \"offset\", aggregation FROM tallymill.dead_letter ORDER BY "
                             "2") ==
        Cells{{"counts", "0", ""}, {"counts", "1", "counts"}, {"counts", "2", "counts"}});
}

TEST_CASE("windows cannot be exchanged in part while a record is rejected that was counted") {
  Shadowed world(windowed(), Timestamp(0));
  world.count(2);
  world.database.query(
      "INSERT INTO tallymill.dead_letter (pipeline, topic_id, topic, partition, \"offset\", reason, "
      "message, record_time, truncated, batch_sequence) VALUES ('counts.replay.counts', 'id-1', 'events', "
      "0, 1, 'lookup_miss', 'm', now(), false, 1)");
  CHECK(world.exchange().error().code() == "replay_impossible");
}

TEST_CASE("while the pipeline is held the daemon's commit fails for now, and works afterwards") {
  Settings settings;
  settings.postgres = ", lock_timeout: 200ms";
  Shadowed world(settings);
  REQUIRE(world.store->hold().ok());
  const Batch batch = world.instance.batch({amount("a", 1)});
  CHECK(world.instance.store->commit(batch).kind == CommitResult::Kind::failed);
  world.store->let_go();
  world.instance.commit(batch);
}

TEST_CASE("a hold that was lost exchanges nothing") {
  Shadowed world;
  world.count(2);
  REQUIRE(world.store->hold().ok());
  world.database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                       "current_database() AND pid <> pg_backend_pid()");
  const auto refused = world.store->exchange();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().reaction() == Reaction::retry);
  CHECK(world.database.value("SELECT to_regclass('counts_replay') IS NULL") == "f");
  CHECK(world.store->look().ok());
}

TEST_CASE("what a replay needs to know of the live pipeline is read with its row") {
  Shadowed world;
  world.database.query(
      "INSERT INTO tallymill.dead_letter (pipeline, topic_id, topic, partition, \"offset\", aggregation, "
      "reason, message, record_time, truncated, batch_sequence) SELECT 'counts', i, 'events', 0, o, a, "
      "'r', 'm', now(), false, 1 FROM (VALUES ('id-1', 0, ''), ('id-1', 1, 'counts'), ('id-0', 1, '')) "
      "v(i, o, a)");
  const LiveStanding standing = world.store->look().value();
  CHECK(standing.checkpoints.at(0).next_offset == Offset(2));
  CHECK(standing.counts_since.at(0).next_offset == Offset(0));
  CHECK(standing.counts_since.at(0).topic_id == "id-1");
  CHECK(standing.rejected == RecordSet{{{"events", Partition(0)}, Offset(0)}});
  CHECK_FALSE(standing.was_cut);
  const auto cut = [&world](const std::string& id) {
    world.database.query("INSERT INTO tallymill.gap (pipeline, topic_id, topic, partition, from_offset, "
                         "cause, batch_sequence) VALUES ('counts', '" + id + "', 'events', 0, 1, 'truncated', 1)");
    return world.store->look().value().was_cut;
  };
  CHECK_FALSE(cut("id-0"));
  CHECK(cut("id-1"));
  world.database.query("UPDATE tallymill.pipeline SET fingerprint = 'other'");
  CHECK(world.store->look().error().code() == "config_changed");
}

TEST_CASE("a pipeline whose replay is under way is neither reset nor dropped") {
  Shadowed world;
  world.count(1);
  world.instance.store->release_lease();
  CHECK(postgres::drop_pipeline(world.instance.spec.postgres, "counts", postgres::DropTables::no,
                                postgres::Rehearsal::no, plain_secrets())
            .error()
            .code() == "replay_running");
  REQUIRE(postgres::drop_pipeline(world.instance.spec.postgres, world.shadow.name,
                                  postgres::DropTables::yes, postgres::Rehearsal::no, plain_secrets())
              .ok());
  CHECK(world.database.value("SELECT to_regclass('counts_replay') IS NULL") == "t");
  CHECK(postgres::drop_pipeline(world.instance.spec.postgres, "counts", postgres::DropTables::no,
                                postgres::Rehearsal::no, plain_secrets())
            .ok());
}

TEST_CASE("an aggregation that came later is rebuilt from where the pipeline began, and then counts since then") {
  Shadowed world;
  world.database.query(
      "UPDATE tallymill.aggregation SET counts_since = '[{\"topic\": \"events\", \"topic_id\": \"id-1\", "
      "\"partition\": 0, \"offset\": 2}]'; INSERT INTO tallymill.aggregation (pipeline, aggregation, fingerprint, "
      "table_schema, table_name, table_oid, created_at, counts_since) VALUES ('counts', 'first', 'f', 'public', "
      "'first', 1, now() - interval '1 day', "
      "'[{\"topic\": \"events\", \"topic_id\": \"id-1\", \"partition\": 0, \"offset\": 1}]')");
  CHECK(world.store->look().value().counts_since.at(0).next_offset == Offset(1));
  SECTION("which nobody can any more once the topic was made anew") {
    world.database.query("UPDATE tallymill.aggregation SET counts_since = replace(counts_since::text, 'id-1', "
                         "'id-0')::jsonb WHERE aggregation = 'first'");
    CHECK(world.store->look().value().counts_since.at(0).topic_id == "id-0");
  }
  world.count(2);
  REQUIRE(world.exchange().ok());
  // As the shadow has it, which began at 2 here.
  CHECK(world.database.value("SELECT counts_since -> 0 ->> 'offset' FROM tallymill.aggregation WHERE aggregation = "
                             "'counts'") == "2");
}

TEST_CASE("a shadow that has counted does not grow: its rows would lack what is new") {
  Shadowed world;
  world.count(2);
  world.database.query("UPDATE tallymill.pipeline SET batch_sequence = 1, lease_session = '' WHERE pipeline = "
                       "'counts.replay.counts'");
  Settings more;
  more.aggregations =
      "      counts:\n"
      "        group_by: [key]\n"
      "        columns: {n: count(), total: sum(amount), most: max(amount)}\n";
  Instance instance(world.database, more, "s2");
  const PipelineSpec shadow = shadow_of(instance.pipeline(), "counts", std::nullopt);
  auto store = make_postgres_store(instance.spec.postgres, shadow, {"replay", "r2"}, plain_secrets());
  CHECK(store->open().error().code() == "config_changed");
  // Nor does the live one while it has such a shadow.
  world.instance.store->release_lease();
  CHECK(instance.store->open().error().code() == "replay_running");
}

}  // namespace tallymill::testing
