// Dead letters in Postgres: chosen, shown, counted once beside the daemon's own commits, dropped.

#include "aggregate/group_table.h"
#include "integration/instance.h"
#include "sink/postgres/postgres_dead_letters.h"
#include "sink/postgres/postgres_ledger.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::string_literals;

namespace {

DeadLetter letter(std::int64_t offset, std::string aggregation = "") {
  DeadLetter one;
  one.where = {"events", Partition(0)};
  one.topic_id = "id-1";
  one.offset = Offset(offset);
  one.timestamp = Timestamp(1'767'225'600'123'456);
  one.aggregation = std::move(aggregation);
  one.reason = offset % 2 == 0 ? "bad_json" : "lookup_miss";
  one.message = "at byte 3";
  one.key = "k\0\xff"s;
  one.value = "{\"a\":";
  one.headers = {{"h\xff", std::nullopt}, {"plain", "\0"s}, {"empty", ""}};
  return one;
}

// Five dead letters, offsets 0 to 4, in one batch.
struct Rejected {
  Rejected() {
    instance.start();
    Batch batch = instance.batch({});
    batch.counts.read = 5;
    batch.counts.rejected = 5;
    for (std::int64_t i = 0; i < 5; ++i) batch.dead_letters.push_back(letter(i));
    batch.ranges[0].to = Offset(5);
    instance.commit(batch);
    letters = make_postgres_dead_letters(instance.spec.postgres, instance.pipeline(), "person",
                                         plain_secrets());
  }

  StoredLetter stored(std::int64_t offset) {
    const auto found = letters->read(letter(offset));
    REQUIRE(found.ok());
    REQUIRE(found.value());
    return *found.value();
  }

  // What the letter's record comes to.
  Batch retried(std::int64_t offset, std::int64_t total = 1) {
    Batch batch = instance.batch({amount("late", total)});
    batch.ranges[0].from = Offset(offset);
    batch.ranges[0].to = Offset(offset + 1);
    batch.retries = "";
    batch.table_digests = {digest_of("rows")};
    return batch;
  }

  RetryResult retry(std::int64_t offset) {
    auto result = letters->retry(stored(offset), retried(offset));
    INFO((result.ok() ? "" : result.error().message()));
    REQUIRE(result.ok());
    return std::move(result).value();
  }

  Database database;
  Instance instance{database};
  std::unique_ptr<DeadLetterStore> letters;
};

}  // namespace

TEST_CASE("letters are chosen by what they are and come a page at a time") {
  Rejected world;
  const auto find = [&](const LetterSelection& which, const DeadLetter* after = nullptr) {
    const auto found = world.letters->find(which, after, 2);
    REQUIRE(found.ok());
    std::vector<std::int64_t> offsets;
    for (const StoredLetter& one : found.value()) {
      offsets.push_back(static_cast<std::int64_t>(one.letter.offset.value()));
    }
    return offsets;
  };
  using Offsets = std::vector<std::int64_t>;
  CHECK(find({}) == Offsets{0, 1});
  const DeadLetter last = letter(1);
  CHECK(find({}, &last) == Offsets{2, 3});
  LetterSelection misses;
  misses.reason = "lookup_miss";
  CHECK(find(misses) == Offsets{1, 3});
  LetterSelection one;
  one.topic = "events";
  one.partition = 0;
  one.offset = 4;
  one.aggregation = "";
  CHECK(find(one) == Offsets{4});
  one.topic = "other";
  CHECK(find(one).empty());
}

TEST_CASE("a letter comes back as it was written, whatever its bytes") {
  Rejected world;
  const StoredLetter stored = world.stored(1);
  CHECK(stored.letter.key == letter(1).key);
  CHECK(stored.letter.value == letter(1).value);
  CHECK(stored.letter.headers == letter(1).headers);
  CHECK(stored.letter.timestamp == letter(1).timestamp);
  CHECK(stored.letter.reason == "lookup_miss");
  CHECK(stored.batch_sequence == 1);
  CHECK_FALSE(world.letters->read(letter(9)).value());
}

TEST_CASE("a letter is counted once, with its removal and a ledger row of its own") {
  Rejected world;
  const StoredLetter first = world.stored(1);
  CHECK(world.letters->retry(first, world.retried(1)).value().kind == RetryResult::Kind::counted);
  CHECK(world.letters->retry(first, world.retried(1)).value().kind == RetryResult::Kind::gone);
  CHECK(world.database.query("SELECT key, n FROM counts") == Cells{{"late", "1"}});
  CHECK(world.database.value("SELECT count(*) FROM tallymill.dead_letter") == "4");
  CHECK(world.database.query("SELECT sequence, instance, ranges, records_read, records_used, retried FROM "
                             "tallymill.batch WHERE retried IS NOT NULL") ==
        Cells{{"2", "person", "[]", "1", "1",
               R"({"ranges": [{"to": 2, "from": 1, "topic": "events", "topic_id": "id-1", )"
               R"("partition": 0, "leader_epoch": -1}], "aggregation": ""})"}});
  CHECK(world.database.query("SELECT batch_sequence FROM tallymill.pipeline") == Cells{{"2"}});
  const auto ledger = make_postgres_ledger(world.instance.spec.postgres, "counts", plain_secrets());
  const auto row = ledger->read(2).value();
  CHECK(row->retries == "");
  CHECK(row->ranges.at(0).from == Offset(1));
  CHECK_FALSE(ledger->read(1).value()->retries);
}

TEST_CASE("a letter that another rejection replaced is not the one that was read") {
  Rejected world;
  const StoredLetter stored = world.stored(1);
  world.database.query("UPDATE tallymill.dead_letter SET batch_sequence = 7");
  CHECK(world.letters->retry(stored, world.retried(1)).value().kind == RetryResult::Kind::gone);
  CHECK(world.database.value("SELECT count(*) FROM counts") == "0");
}

TEST_CASE("what Postgres refuses leaves everything as it was") {
  Rejected world;
  SECTION("for its data") { world.database.query("ALTER TABLE counts ADD CHECK (n < 1)"); }
  SECTION("at the commit") {
    world.database.query("CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE "
                         "check_violation; END $$; CREATE CONSTRAINT TRIGGER no AFTER INSERT ON counts "
                         "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION no()");
  }
  CHECK(world.retry(1).kind == RetryResult::Kind::refused);
  CHECK(world.database.query("SELECT (SELECT count(*) FROM counts), (SELECT count(*) FROM "
                             "tallymill.dead_letter), (SELECT batch_sequence FROM tallymill.pipeline)") ==
        Cells{{"0", "5", "1"}});
}

TEST_CASE("another configuration, or a replay under way, counts nothing") {
  Rejected world;
  Batch batch = world.retried(1);
  SECTION("another configuration") {
    batch.fingerprint = "another";
    CHECK(world.letters->retry(world.stored(1), batch).error().code() == "config_changed");
  }
  SECTION("a replay") {
    world.database.query("INSERT INTO tallymill.pipeline (pipeline, fingerprint) VALUES "
                         "('counts.replay.counts', '')");
    CHECK(world.letters->retry(world.stored(1), batch).error().code() == "replay_running");
  }
  CHECK(world.database.value("SELECT count(*) FROM tallymill.dead_letter") == "5");
  CHECK(world.database.value("SELECT batch_sequence FROM tallymill.pipeline WHERE pipeline = 'counts'") ==
        "1");
}

TEST_CASE("the daemon's batch that meets retried numbers is renumbered, another's is not") {
  Rejected world;
  const Batch under_way = world.instance.batch({amount("a", 1)});
  const auto resolved = [&] { return world.instance.store->resolve(under_way).value(); };
  CHECK(resolved().kind == Resolution::Kind::try_again);
  world.retry(1);
  world.retry(3);
  CHECK(world.instance.store->commit(under_way).kind == CommitResult::Kind::conflict);
  SECTION("nothing else happened") {
    CHECK(resolved().kind == Resolution::Kind::renumber);
    CHECK(resolved().progress.sequence == 3);
    Batch renumbered = under_way;
    renumbered.sequence = 4;
    world.instance.commit(renumbered);
    CHECK(world.instance.store->resolve(renumbered).value().kind == Resolution::Kind::committed);
    CHECK(world.database.query("SELECT key, n FROM counts ORDER BY key") ==
          Cells{{"a", "1"}, {"late", "2"}});
  }
  SECTION("a number that no row tells of came in between") {
    world.database.query("UPDATE tallymill.pipeline SET batch_sequence = batch_sequence + 1");
    CHECK(resolved().kind == Resolution::Kind::superseded);
  }
  SECTION("somebody took the lease") {
    world.database.query("UPDATE tallymill.pipeline SET lease_session = 'other'");
    CHECK(resolved().kind == Resolution::Kind::lease_lost);
  }
  SECTION("a checkpoint moved") {
    world.database.query("UPDATE tallymill.checkpoint SET next_offset = next_offset + 1");
    CHECK(resolved().kind == Resolution::Kind::superseded);
  }
  SECTION("the batch itself was committed before them") {
    world.database.query("UPDATE tallymill.batch SET id = '" + under_way.id + "' WHERE sequence = 2");
    CHECK(resolved().kind == Resolution::Kind::committed);
  }
}

TEST_CASE("a retry waits for a commit that is under way, and a commit for a retry") {
  Rejected world;
  Sql other(world.database.dsn());
  other.query("BEGIN; SELECT 1 FROM tallymill.pipeline FOR UPDATE");
  const auto waited = world.letters->retry(world.stored(1), world.retried(1));
  REQUIRE_FALSE(waited.ok());
  CHECK(waited.error().reaction() == Reaction::retry);
  other.query("ROLLBACK");
  CHECK(world.retry(1).kind == RetryResult::Kind::counted);
}

TEST_CASE("letters are dropped without being counted") {
  Rejected world;
  LetterSelection which;
  which.reason = "lookup_miss";
  CHECK(world.letters->drop(which).value() == 2);
  CHECK(world.database.value("SELECT string_agg(\"offset\"::text, ' ' ORDER BY \"offset\") FROM "
                             "tallymill.dead_letter") == "0 2 4");
  CHECK(world.database.value("SELECT count(*) FROM counts") == "0");
}

}  // namespace tallymill::testing
