// Commands that change a pipeline's course, as the daemon's store sees them.

#include "integration/instance.h"
#include "sink/postgres/orders.h"
#include "sink/postgres/reset.h"

#include "support/catch.h"

namespace tallymill::testing {

using postgres::DropTables;
using postgres::Rehearsal;
using postgres::Truncate;

namespace {

std::string done(const Result<std::string>& result) {
  INFO((result.ok() ? "" : result.error().message()));
  REQUIRE(result.ok());
  return result.value();
}

std::string code(const Result<std::string>& result) {
  REQUIRE_FALSE(result.ok());
  return result.error().code();
}

auto pause(const Instance& instance, Rehearsal rehearsal = Rehearsal::no) {
  return postgres::pause_pipeline(instance.spec.postgres, "counts", rehearsal, plain_secrets());
}

auto resume(const Instance& instance, postgres::Acceptance acceptance = {},
            Rehearsal rehearsal = Rehearsal::no) {
  return postgres::resume_pipeline(instance.spec.postgres, "counts", acceptance, rehearsal,
                                   plain_secrets());
}

auto drop(const Instance& instance, DropTables tables = DropTables::no,
          Rehearsal rehearsal = Rehearsal::no) {
  return postgres::drop_pipeline(instance.spec.postgres, "counts", tables, rehearsal, plain_secrets());
}

std::vector<Checkpoint> starts(std::int64_t offset) {
  return {{{"events", Partition(0)}, "id-1", Offset(offset), LeaderEpoch(), std::nullopt}};
}

auto reset(const Instance& instance, std::int64_t offset, Truncate truncate = Truncate::no,
           Rehearsal rehearsal = Rehearsal::no) {
  return postgres::reset_pipeline(instance.spec.postgres, instance.pipeline(), starts(offset), truncate,
                                  rehearsal, plain_secrets());
}

}  // namespace

TEST_CASE("pausing and resuming reach the store by a look and by a commit") {
  Database database;
  Instance instance(database);
  instance.start();
  CHECK_FALSE(instance.store->observe_orders().value().paused);
  done(pause(instance));
  const Orders orders = instance.store->observe_orders().value();
  CHECK(orders.paused);
  CHECK(orders.given == 1);
  const CommitResult result = instance.store->commit(instance.batch({amount("a", 1)}));
  CHECK(result.kind == CommitResult::Kind::acked);
  CHECK(result.pause_wanted);
  CHECK(done(pause(instance)).find("paused already") != std::string::npos);
  done(resume(instance));
  CHECK_FALSE(instance.store->observe_orders().value().paused);
  CHECK(instance.store->observe_orders().value().given == 2);
}

TEST_CASE("what is accepted holds until the next commit") {
  Database database;
  Instance instance(database);
  instance.start();
  done(resume(instance, {true, false}));
  instance.follow();
  CHECK(instance.progress.orders.accept_gap);
  CHECK_FALSE(instance.progress.orders.accept_topic);
  instance.commit(instance.batch({amount("a", 1)}));
  CHECK_FALSE(instance.progress.orders.accept_gap);
  done(resume(instance, {false, true}));
  instance.follow();
  CHECK(instance.progress.orders.accept_topic);
  // Whatever is not said again is not accepted any more.
  done(resume(instance));
  instance.follow();
  CHECK_FALSE(instance.progress.orders.accept_topic);
}

TEST_CASE("a rehearsal says what would be done and does nothing") {
  Database database;
  Instance instance(database);
  instance.start();
  instance.commit(instance.batch({amount("a", 1)}));
  const auto all = [&database] {
    return database.query("SELECT p.*, c.next_offset, (SELECT count(*) FROM tallymill.batch), (SELECT "
                          "sum(n) FROM counts) FROM tallymill.pipeline p, tallymill.checkpoint c");
  };
  const Cells before = all();
  CHECK(done(pause(instance, Rehearsal::yes)).find("would be paused") != std::string::npos);
  CHECK(done(resume(instance, {true, true}, Rehearsal::yes)).find("would be") != std::string::npos);
  CHECK(done(reset(instance, 5, Truncate::yes, Rehearsal::yes))
            .find("table public.counts: would be emptied") != std::string::npos);
  instance.store->release_lease();
  const Cells released = all();
  CHECK(done(drop(instance, DropTables::yes, Rehearsal::yes)).find("counts: would be dropped") !=
        std::string::npos);
  CHECK(all() == released);
  CHECK(before.size() == 1);
}

TEST_CASE("a reset counts anew from elsewhere, and a daemon's batch under way conflicts") {
  Database database;
  Instance instance(database);
  instance.start();
  Batch counted = instance.batch({amount("a", 1), amount("a", 2)});
  counted.gaps = {{{"events", Partition(0)}, "id-1", Offset(0), Offset(1), "retention"}};
  instance.commit(counted);
  const Batch under_way = instance.batch({amount("b", 1)});
  SECTION("never onto rows") {
    CHECK(code(reset(instance, 0)) == "table_not_empty");
    CHECK(instance.store->commit(under_way).kind == CommitResult::Kind::acked);
    CHECK(database.value("SELECT count(*) FROM counts") == "2");
    return;
  }
  done(reset(instance, 7, Truncate::yes));
  CHECK(instance.store->commit(under_way).kind == CommitResult::Kind::conflict);
  const Resolution resolution = instance.store->resolve(under_way).value();
  CHECK(resolution.kind == Resolution::Kind::superseded);
  CHECK(database.query("SELECT (SELECT count(*) FROM counts), (SELECT count(*) FROM tallymill.batch), "
                       "(SELECT count(*) FROM tallymill.gap)") == Cells{{"0", "0", "0"}});
  instance.follow();
  CHECK(instance.progress.checkpoints.at(0).next_offset == Offset(7));
  CHECK(instance.progress.known_partitions == 1);
  instance.commit(instance.batch({amount("c", 1)}));
  CHECK(database.query("SELECT key, n FROM counts") == Cells{{"c", "1"}});
  CHECK(database.value("SELECT counts_since->0->>'offset' FROM tallymill.aggregation") == "7");
  CHECK(Instance(database, {}, "s2").store->open().ok());
}

TEST_CASE("a reset to where the daemon stands drops its batch under way all the same") {
  Database database;
  Instance instance(database);
  instance.start();
  const Batch under_way = instance.batch({amount("b", 1)});
  done(reset(instance, 0));
  CHECK(instance.store->commit(under_way).kind == CommitResult::Kind::conflict);
  CHECK(instance.store->resolve(under_way).value().kind == Resolution::Kind::superseded);
}

TEST_CASE("a reset brings a changed configuration into force, with tables it never had") {
  Database database;
  {
    Instance former(database);
    former.start();
    former.commit(former.batch({amount("a", 1)}));
  }
  Settings changed;
  changed.aggregations =
      "      counts:\n"
      "        group_by: [key]\n"
      "        columns: {n: count(), most: max(amount)}\n"
      "      again:\n"
      "        group_by: [key]\n"
      "        columns: {n: count()}\n";
  Instance instance(database, changed);
  CHECK(instance.store->open().error().code() == "config_changed");
  database.query("DROP TABLE counts");
  done(reset(instance, 0));
  instance.start();
  CHECK(database.query("SELECT aggregation FROM tallymill.aggregation ORDER BY 1") ==
        Cells{{"again"}, {"counts"}});
}

TEST_CASE("a reset settles each way in which tables and checkpoints came apart") {
  Database database;
  {
    Instance former(database);
    former.start();
    former.commit(former.batch({amount("a", 1)}));
  }
  std::string expected;
  SECTION("the table is gone") {
    database.query("DROP TABLE counts");
    expected = "table_gone";
  }
  SECTION("the table was made anew") {
    database.query("CREATE TABLE other (LIKE counts INCLUDING ALL); DROP TABLE counts; "
                   "ALTER TABLE other RENAME TO counts");
    expected = "table_replaced";
  }
  SECTION("the pipeline's rows are gone") {
    database.query("DELETE FROM tallymill.checkpoint; DELETE FROM tallymill.batch; DELETE FROM "
                   "tallymill.aggregation; DELETE FROM tallymill.pipeline");
    expected = "table_not_empty";
  }
  Instance instance(database, {}, "s2");
  REQUIRE(instance.store->open().error().code() == expected);
  CHECK(instance.store->open().error().message().find("tallymill reset") != std::string::npos);
  done(reset(instance, 0, Truncate::yes));
  instance.start();
  instance.commit(instance.batch({amount("b", 1)}));
  CHECK(database.query("SELECT key, n FROM counts") == Cells{{"b", "1"}});
}

TEST_CASE("a reset leaves another pipeline's table alone") {
  Database database;
  Settings other;
  other.pipeline = "other";
  Instance(database, other).start();
  Instance instance(database);
  CHECK(code(reset(instance, 0, Truncate::yes)) == "table_owned");
  CHECK(database.value("SELECT count(*) FROM tallymill.pipeline") == "1");
}

TEST_CASE("a pipeline is dropped with everything that is its own, once no instance holds it") {
  Database database;
  Settings other;
  other.pipeline = "other";
  other.aggregations = "      others:\n        group_by: [key]\n        columns: {n: count()}\n";
  Instance(database, other).start();
  Instance instance(database);
  instance.start();
  instance.commit(instance.batch({amount("a", 1)}));
  CHECK(code(drop(instance)) == "pipeline_in_use");
  instance.store->release_lease();
  SECTION("its table stays where nothing else is said") {
    CHECK(done(drop(instance)).find("left as it is") != std::string::npos);
    CHECK(database.value("SELECT count(*) FROM counts") == "1");
  }
  SECTION("its table goes, too") {
    done(drop(instance, DropTables::yes));
    CHECK(database.value("SELECT to_regclass('counts') IS NULL") == "t");
  }
  CHECK(database.query("SELECT pipeline FROM tallymill.pipeline") == Cells{{"other"}});
  CHECK(database.query("SELECT DISTINCT pipeline FROM tallymill.checkpoint") == Cells{{"other"}});
  // A daemon that is paused must not make it again.
  CHECK(instance.store->observe_orders().value().paused);
  CHECK(code(drop(instance)) == "pipeline_missing");
}

TEST_CASE("commands about a pipeline that is not there change nothing") {
  Database database;
  Instance instance(database);
  instance.start();
  CHECK(code(postgres::pause_pipeline(instance.spec.postgres, "nobody", Rehearsal::no,
                                      plain_secrets())) == "pipeline_missing");
  CHECK(code(postgres::resume_pipeline(instance.spec.postgres, "nobody", {}, Rehearsal::no,
                                       plain_secrets())) == "pipeline_missing");
}

}  // namespace tallymill::testing
