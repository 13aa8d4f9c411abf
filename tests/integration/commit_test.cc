// What a commit changes, and what it refuses to.

#include <limits>

#include "integration/instance.h"
#include "model/lookup_table.h"
#include "sink/postgres/session.h"

#include "support/catch.h"

namespace tallymill::testing {

using Kind = CommitResult::Kind;

namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

Settings stored_as_bigint() {
  Settings settings;
  settings.aggregations =
      "      counts:\n"
      "        group_by: [key]\n"
      "        columns: {n: count(), total: {value: sum(amount), type: bigint}}\n";
  return settings;
}

std::string table(Database& database) {
  std::string text;
  for (const auto& row : database.query("SELECT key, n, total FROM counts ORDER BY key")) {
    text += row[0] + " " + row[1] + " " + row[2] + "; ";
  }
  return text;
}

std::string position(Database& database) {
  return database.value("SELECT string_agg(next_offset::text, ' ' ORDER BY partition) FROM "
                        "tallymill.checkpoint");
}

}  // namespace

TEST_CASE("a commit merges its groups into the table and moves the checkpoint in one step") {
  Database database;
  Instance instance(database);
  instance.start(2);
  instance.commit(instance.batch_of_all({amount("a", 1), amount("b", 10), amount("a", 2)}));
  CHECK(table(database) == "a 2 3; b 1 10; ");
  CHECK(position(database) == "3 0");
  instance.commit(instance.batch({amount("b", -4)}));
  CHECK(table(database) == "a 2 3; b 2 6; ");
  CHECK(position(database) == "4 0");
  CHECK(instance.progress.sequence == 2);
}

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

TEST_CASE("slices that are slow have each its own time") {
  Database database;
  Settings settings;
  settings.postgres = ", statement_timeout: 1s";
  Instance instance(database, settings);
  instance.start();
  database.query(
      "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.7); RETURN NULL; END "
      "$$; CREATE TRIGGER slow AFTER INSERT ON counts FOR EACH STATEMENT EXECUTE FUNCTION slow()");
  std::vector<std::string> keys;
  for (int i = 0; i < 30'000; ++i) keys.push_back("a-rather-long-key-number-" + std::to_string(100'000 + i));
  std::vector<Folded> records;
  for (const std::string& key : keys) records.push_back(amount(key, 1));
  CHECK(instance.store->commit(instance.batch(records)).kind == Kind::acked);
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

TEST_CASE("a row that a constraint of the table refuses is the data's fault, and nothing is kept") {
  Database database;
  Instance instance(database);
  instance.start();
  database.query("ALTER TABLE counts ADD CHECK (total < 100)");
  const CommitResult refused = instance.store->commit(instance.batch({amount("a", 1), amount("b", 100)}));
  CHECK(refused.kind == Kind::refused_data);
  CHECK(refused.error.code() == "23514");
  CHECK(table(database).empty());
  CHECK(position(database) == "0");
  // The same connection goes on.
  instance.commit(instance.batch({amount("a", 1)}));
  CHECK(instance.store->reconnects() == 0);
}

TEST_CASE("a deferred constraint that refuses at COMMIT is the data's fault as well") {
  Database database;
  Instance instance(database);
  instance.start();
  database.query("CREATE TABLE known (key text PRIMARY KEY); INSERT INTO known VALUES ('a');"
                 "ALTER TABLE counts ADD FOREIGN KEY (key) REFERENCES known "
                 "DEFERRABLE INITIALLY DEFERRED");
  CHECK(instance.store->commit(instance.batch({amount("b", 1)})).kind == Kind::refused_data);
  CHECK(position(database) == "0");
  instance.commit(instance.batch({amount("a", 1)}));
  CHECK(instance.store->reconnects() == 0);
}

TEST_CASE("a statement that times out on the batch's rows asks for smaller batches") {
  Database database;
  Settings settings;
  settings.postgres = ", statement_timeout: 200ms";
  Instance instance(database, settings);
  instance.start();
  database.query("CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
                 "pg_sleep(60); RETURN NEW; END $$;"
                 "CREATE TRIGGER dawdle BEFORE INSERT ON counts FOR EACH ROW EXECUTE FUNCTION dawdle()");
  const CommitResult result = instance.store->commit(instance.batch({amount("a", 1)}));
  CHECK(result.kind == Kind::refused_data);
  CHECK(result.error.code() == "57014");
  CHECK(position(database) == "0");
}

TEST_CASE("a transaction that failed is not taken for committed, though COMMIT answers that all is well") {
  Database database;
  const Spec spec = spec_for(database);
  postgres::Session session(spec.postgres, spec.pipelines[0], {"host", "s1"}, plain_secrets());
  const auto connection = session.connection();
  REQUIRE(connection.ok());
  REQUIRE(session.begin(**connection).ok());
  CHECK_FALSE((*connection)->script("SELECT 1 / 0", std::chrono::seconds(5)).ok());
  const auto committed = session.commit(**connection);
  REQUIRE_FALSE(committed.ok());
  CHECK(committed.error().reaction() == Reaction::retry);
}

TEST_CASE("a value that does not fit its column is the data's fault") {
  Database database;
  Instance instance(database, stored_as_bigint());
  instance.start();
  const auto refused = instance.store->commit(instance.batch({amount("a", largest), amount("a", 1)}));
  CHECK(refused.kind == Kind::refused_data);
  CHECK(refused.error.code() == "22003");
  CHECK(table(database).empty());
}

TEST_CASE("rows of several statements are refused whole, and the same connection writes them later") {
  Database database;
  Instance instance(database, stored_as_bigint());
  instance.start();
  std::vector<std::string> keys;
  for (int i = 100'000; i < 112'000; ++i) keys.push_back(std::to_string(i));
  std::vector<Folded> records;
  for (const std::string& key : keys) records.push_back(amount(key, 1));
  std::vector<Folded> too_much = records;
  too_much.push_back(amount(keys.back(), largest));
  const auto before = instance.store->reconnects();
  // Found out here, while the server is busy with the rows before.
  const auto by_encoding = instance.store->commit(instance.batch(too_much));
  CHECK(by_encoding.kind == Kind::refused_data);
  // Found out by the server, while the rows behind are made ready here.
  database.query("ALTER TABLE counts ADD CONSTRAINT odd CHECK (key <> '100003')");
  const auto by_server = instance.store->commit(instance.batch(records));
  CHECK(by_server.kind == Kind::refused_data);
  CHECK(by_server.error.code() == "23514");
  database.query("ALTER TABLE counts DROP CONSTRAINT odd");
  CHECK(table(database).empty());
  for (int round = 1; round <= 2; ++round) {
    instance.commit(instance.batch(records));
    CHECK(database.value("SELECT count(*) || ' ' || min(n) || ' ' || max(n) FROM counts") ==
          "12000 " + std::to_string(round) + " " + std::to_string(round));
    CHECK(database.value("SELECT rows_written FROM tallymill.batch ORDER BY sequence DESC LIMIT 1") ==
          "12000");
  }
  CHECK(instance.store->reconnects() == before);
}

TEST_CASE("a sum that overflows only with what is stored stops, and names table, column and row") {
  Database database;
  Instance instance(database, stored_as_bigint());
  instance.start();
  instance.commit(instance.batch({amount("a", 1), amount("it's", largest - 5)}));
  const auto refused = instance.store->commit(instance.batch({amount("a", 1), amount("it's", 6)}));
  CHECK(refused.kind == Kind::refused_merge);
  CHECK(refused.error.reaction() == Reaction::stop);
  CHECK_THAT(refused.error.message(), Catch::Contains("column total of the row with key (it's) in "
                                                      "public.counts"));
  CHECK(table(database) == "a 1 1; it's 1 9223372036854775802; ");
  CHECK(position(database) == "2");
  instance.commit(instance.batch({amount("it's", 5)}));
}

TEST_CASE("a sum of doubles that overflows with what is stored stops as well") {
  Database database;
  Settings settings;
  settings.aggregations =
      "      counts:\n"
      "        group_by: [key]\n"
      "        columns: {n: count(), total: sum(real)}\n";
  Instance instance(database, settings);
  instance.start();
  using namespace std::string_view_literals;
  const Folded huge{{Value::of("a"sv)}, {Value::missing(), Value::of(1.7e308)}};
  instance.commit(instance.batch({huge}));
  const auto refused = instance.store->commit(instance.batch({huge}));
  CHECK(refused.kind == Kind::refused_merge);
  CHECK_THAT(refused.error.message(), Catch::Contains("column total of the row with key (a)"));
}

TEST_CASE("rows that were deleted by hand begin anew with the next batch") {
  Database database;
  Instance instance(database);
  instance.start();
  instance.commit(instance.batch({amount("a", 1), amount("b", 2)}));
  database.query("DELETE FROM counts WHERE key = 'a'");
  instance.commit(instance.batch({amount("a", 4)}));
  CHECK(table(database) == "a 1 4; b 1 2; ");
}

TEST_CASE("a table without a group has one row") {
  Database database;
  Settings settings;
  settings.aggregations = "      counts: {columns: {n: count(), total: sum(amount)}}\n";
  Instance instance(database, settings);
  instance.start();
  for (int i = 0; i < 3; ++i) {
    instance.commit(instance.batch({{{}, {Value::missing(), Value::of(std::int64_t{2})}}}));
  }
  CHECK(database.query("SELECT n, total FROM counts") == Cells{{"3", "6"}});
}

TEST_CASE("two tables of one pipeline commit together or not at all") {
  Database database;
  Settings settings;
  settings.aggregations +=
      "      again:\n"
      "        group_by: [key]\n"
      "        columns: {n: count(), total: sum(amount)}\n";
  Instance instance(database, settings);
  instance.start();
  instance.commit(instance.batch({amount("a", 1)}));
  database.query("ALTER TABLE again ADD CHECK (n < 2)");
  CHECK(instance.store->commit(instance.batch({amount("a", 1)})).kind == Kind::refused_data);
  CHECK(table(database) == "a 1 1; ");
  CHECK(database.value("SELECT n FROM again") == "1");
}

TEST_CASE("a table dropped under the running daemon stops it, and says which") {
  Database database;
  Instance instance(database);
  instance.start();
  database.query("DROP TABLE counts");
  const CommitResult result = instance.store->commit(instance.batch({amount("a", 1)}));
  CHECK(result.kind == Kind::stop);
  CHECK(result.error.code() == "42P01");
  CHECK_THAT(result.error.message(), Catch::Contains("public.counts"));
  CHECK(position(database) == "0");
}

}  // namespace tallymill::testing
