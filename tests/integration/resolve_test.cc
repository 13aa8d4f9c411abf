// What became of a batch whose COMMIT got no answer (rules R3 and R4).

#include "integration/instance.h"

#include "support/catch.h"

namespace tallymill::testing {

using Kind = Resolution::Kind;

namespace {

Resolution resolve(Instance& instance, const Batch& batch) {
  auto resolution = instance.store->resolve(batch);
  INFO((resolution.ok() ? "" : resolution.error().message()));
  REQUIRE(resolution.ok());
  return std::move(resolution).value();
}

}  // namespace

TEST_CASE("a batch that was applied is known by its row in the ledger") {
  Database database;
  Instance instance(database);
  instance.start();
  const Batch batch = instance.batch({amount("a", 1)});
  REQUIRE(instance.store->commit(batch).kind == CommitResult::Kind::acked);
  const Resolution resolution = resolve(instance, batch);
  CHECK(resolution.kind == Kind::committed);
  CHECK(resolution.progress.sequence == 1);
  CHECK(resolution.progress.checkpoints[0].next_offset == Offset(1));
  // Even after others went on.
  instance.follow();
  instance.commit(instance.batch({amount("a", 1)}));
  CHECK(resolve(instance, batch).kind == Kind::committed);
}

TEST_CASE("a batch that only moved a checkpoint is known by where the checkpoint stands") {
  Database database;
  Instance instance(database);
  instance.start();
  Batch batch = instance.batch({});
  batch.ranges[0].to = Offset(4);  // Control records only.
  CHECK(resolve(instance, batch).kind == Kind::try_again);
  REQUIRE(instance.store->commit(batch).kind == CommitResult::Kind::acked);
  CHECK(resolve(instance, batch).kind == Kind::committed);
}

TEST_CASE("a batch that was not applied may be tried again, and then counts once") {
  Database database;
  Instance instance(database);
  instance.start(2);
  const Batch batch = instance.batch_of_all({amount("a", 1)});
  CHECK(resolve(instance, batch).kind == Kind::try_again);
  // Asked on a connection of its own: the former may lead to what is no longer the primary.
  CHECK(instance.store->reconnects() == 1);
  instance.commit(batch);
  CHECK(database.value("SELECT n FROM counts") == "1");
}

TEST_CASE("COMMIT without an answer is unknown, and found applied once the server has done it") {
  Database database;
  Settings settings;
  settings.postgres = ", commit_timeout: 100ms, lock_timeout: 200ms";
  Instance instance(database, settings);
  instance.start();
  // A deferred trigger holds COMMIT up until this lock goes: in flight in another backend.
  database.query("CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0 AS "
                 "$$ BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END $$;"
                 "CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON counts DEFERRABLE INITIALLY "
                 "DEFERRED FOR EACH ROW EXECUTE FUNCTION hold()");
  Sql holder(database.dsn());
  holder.query("BEGIN; SELECT pg_advisory_xact_lock(7)");

  const Batch batch = instance.batch({amount("a", 1)});
  const CommitResult result = instance.store->commit(batch);
  CHECK(result.kind == CommitResult::Kind::unknown);
  // While it is in flight the rows are locked: no answer is better than a wrong one.
  const auto early = instance.store->resolve(batch);
  REQUIRE_FALSE(early.ok());
  CHECK(early.error().reaction() == Reaction::retry);
  CHECK(position(database) == "0");

  SECTION("when it goes through") {
    holder.query("COMMIT");
    Resolution resolution = resolve(instance, batch);
    CHECK(resolution.kind == Kind::committed);
    CHECK(database.value("SELECT n FROM counts") == "1");
  }
  SECTION("when its backend dies") {
    holder.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'COMMIT' AND "
                 "state = 'active' AND datname = current_database()");
    Resolution resolution = resolve(instance, batch);
    CHECK(resolution.kind == Kind::try_again);
    CHECK(database.value("SELECT count(*) FROM counts") == "0");
  }
}

TEST_CASE("a connection that ends during COMMIT leaves its outcome unknown") {
  Database database;
  Instance instance(database);
  instance.start();
  database.query("CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
                 "pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;"
                 "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON counts DEFERRABLE INITIALLY "
                 "DEFERRED FOR EACH ROW EXECUTE FUNCTION die()");
  const Batch batch = instance.batch({amount("a", 1)});
  CHECK(instance.store->commit(batch).kind == CommitResult::Kind::unknown);
  CHECK(resolve(instance, batch).kind == Kind::try_again);
  CHECK(instance.store->reconnects() == 1);
}

TEST_CASE("a connection that ends before COMMIT leaves no doubt") {
  Database database;
  Instance instance(database);
  instance.start();
  database.query("CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
                 "pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;"
                 "CREATE TRIGGER die BEFORE INSERT ON counts FOR EACH ROW EXECUTE FUNCTION die()");
  const Batch batch = instance.batch({amount("a", 1)});
  CHECK(instance.store->commit(batch).kind == CommitResult::Kind::failed);
  database.query("DROP TRIGGER die ON counts");
  instance.commit(batch);
}

TEST_CASE("a batch is judged by where its checkpoints stand") {
  Database database;
  Instance instance(database);
  instance.start(3);
  instance.commit(instance.batch_of_all({amount("a", 1), amount("a", 1)}));
  const Batch batch = instance.batch_of_all({amount("a", 1)});
  const auto put = [&](const std::string& what) { database.query("UPDATE tallymill." + what); };

  SECTION("higher: someone else went on") {
    put("checkpoint SET next_offset = 9 WHERE partition = 0");
    CHECK(resolve(instance, batch).kind == Kind::superseded);
  }
  SECTION("lower: the database was rewound") {
    put("checkpoint SET next_offset = 1 WHERE partition = 0");
    const Resolution resolution = resolve(instance, batch);
    CHECK(resolution.kind == Kind::rewound);
    CHECK_THAT(resolution.detail, Catch::Contains("events/0 stands at 1 where 2 was expected"));
  }
  SECTION("higher and lower") {
    put("checkpoint SET next_offset = 1 WHERE partition = 0");
    put("checkpoint SET next_offset = 5 WHERE partition = 1");
    CHECK(resolve(instance, batch).kind == Kind::mixed);
  }
  SECTION("rows as expected in a database that stands at an earlier batch") {
    put("pipeline SET batch_sequence = 0");
    CHECK(resolve(instance, batch).kind == Kind::rewound);
  }
  SECTION("some row gone") {
    database.query("DELETE FROM tallymill.checkpoint WHERE partition = 1");
    CHECK(resolve(instance, batch).kind == Kind::rows_gone);
  }
  SECTION("all rows gone") {
    database.query("DELETE FROM tallymill.checkpoint");
    CHECK(resolve(instance, batch).kind == Kind::rows_gone);
  }
  SECTION("the pipeline's row gone") {
    database.query("TRUNCATE tallymill.pipeline CASCADE");
    CHECK(resolve(instance, batch).kind == Kind::rows_gone);
  }
  SECTION("another topic") {
    put("checkpoint SET topic_id = 'id-2' WHERE partition = 2");
    const Resolution resolution = resolve(instance, batch);
    CHECK(resolution.kind == Kind::refused);
    CHECK_THAT(resolution.detail, Catch::Contains("events/2 was counted from another topic"));
  }
  SECTION("another fingerprint") {
    put("pipeline SET fingerprint = 'other'");
    const Resolution resolution = resolve(instance, batch);
    CHECK(resolution.kind == Kind::refused);
    CHECK_THAT(resolution.detail, Catch::Contains("the stored configuration is another one"));
  }
  SECTION("another session's lease") {
    put("pipeline SET lease_session = 'other'");
    CHECK(resolve(instance, batch).kind == Kind::lease_lost);
  }
}

TEST_CASE("offsets of 128 bits are kept to the last digit") {
  Database database;
  Instance instance(database);
  instance.start();
  const Offset largest(parse_int128("170141183460469231731687303715884105727").value());
  Batch batch = instance.batch({});
  batch.ranges[0].to = largest;
  instance.commit(batch);
  CHECK(instance.progress.checkpoints[0].next_offset == largest);
}

}  // namespace tallymill::testing
