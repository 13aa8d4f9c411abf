// Where a commit may start, and what it leaves alone when it stands elsewhere.

#include "integration/instance.h"
#include "model/lookup_table.h"

#include "support/catch.h"

namespace tallymill::testing {

using Kind = CommitResult::Kind;

TEST_CASE("behind a comparison that failed the server refuses what was sent with it") {
  Database database;
  Instance instance(database);
  instance.start();
  const Batch batch = instance.batch({amount("a", 1)});
  // A sequence goes on although its transaction is undone.
  database.query(
      "CREATE SEQUENCE touched; CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
      "nextval('public.touched'); RETURN NULL; END $$; CREATE TRIGGER touch AFTER INSERT ON counts FOR EACH "
      "STATEMENT EXECUTE FUNCTION touch()");
  const auto touched = [&] { return database.value("SELECT is_called FROM touched"); };
  SECTION("of a checkpoint") {
    database.query("UPDATE tallymill.checkpoint SET next_offset = 7");
    CHECK(instance.store->commit(batch).kind == Kind::conflict);
    CHECK(touched() == "f");
  }
  SECTION("of the pipeline's row") {
    database.query("UPDATE tallymill.pipeline SET lease_session = 'another'");
    CHECK(instance.store->commit(batch).kind == Kind::conflict);
    CHECK(touched() == "f");
  }
  SECTION("but one that succeeds lets it pass") {
    CHECK(instance.store->commit(batch).kind == Kind::acked);
    CHECK(touched() == "t");
  }
}

TEST_CASE("a batch that only moves positions stores no lookup that is in force") {
  Database database;
  Instance instance(database);
  instance.start();
  const auto names = LookupTable::build({"id", "name"}, "id", {{"1", "one"}}).value();
  Batch batch = instance.batch({});
  batch.ranges[0].to = Offset(3);
  batch.lookups = {{"names", names->content_hash(), names}};
  CHECK(instance.store->commit(batch).kind == Kind::acked);
  CHECK(position(database) == "3");
  CHECK(database.value("SELECT count(*) FROM tallymill.lookup_version") == "0");
}

TEST_CASE("a batch that starts elsewhere than the checkpoint stands changes nothing") {
  Database database;
  Instance instance(database);
  instance.start(2);
  instance.commit(instance.batch({amount("a", 1)}));
  const Batch good = instance.batch_of_all({amount("a", 1)});

  Batch wrong = good;
  SECTION("at another offset") { wrong.ranges[0].from = Offset(0); }
  SECTION("at another offset of one partition of several") { wrong.ranges[1].from = Offset(7); }
  SECTION("of another topic id") { wrong.ranges[0].topic_id = "id-2"; }
  SECTION("of a partition that has no checkpoint") { wrong.ranges[1].where.partition = Partition(9); }
  SECTION("with another fingerprint") { wrong.fingerprint = "other"; }
  SECTION("as another batch in the sequence") { wrong.sequence = 5; }

  CHECK(instance.store->commit(wrong).kind == Kind::conflict);
  CHECK(table(database) == "a 1 1; ");
  CHECK(position(database) == "1 0");
  CHECK(database.value("SELECT count(*) FROM tallymill.batch") == "1");
  instance.commit(good);
  CHECK(table(database) == "a 2 2; ");
}

TEST_CASE("a batch of a topic that was made anew is committed over the former topic's checkpoint") {
  Database database;
  Instance instance(database);
  instance.start();
  instance.commit(instance.batch({amount("a", 1), amount("a", 1)}));
  Batch batch = instance.batch({amount("a", 5)});
  batch.ranges[0].replaces_topic_id = "id-1";
  batch.ranges[0].topic_id = "id-2";
  batch.ranges[0].to = Offset(1);
  instance.commit(batch);
  CHECK(instance.progress.checkpoints[0].topic_id == "id-2");
  CHECK(instance.progress.checkpoints[0].next_offset == Offset(1));
}

TEST_CASE("of two stores that read the same records the second one's commit is refused") {
  Database database;
  Instance former(database, {}, "s1");
  former.start();
  Instance later(database, {}, "s2");
  later.start();
  const Batch stale = former.batch({amount("a", 1)});
  later.commit(later.batch({amount("a", 1)}));
  CHECK(former.store->commit(stale).kind == Kind::conflict);
  CHECK(table(database) == "a 1 1; ");
}

TEST_CASE("a batch at the right place is refused once another session has taken the lease") {
  Database database;
  Instance former(database, {}, "s1");
  former.start();
  Instance later(database, {}, "s2");
  later.start();
  CHECK(former.store->commit(former.batch({amount("a", 1)})).kind == Kind::conflict);
  CHECK(table(database).empty());
}

}  // namespace tallymill::testing
