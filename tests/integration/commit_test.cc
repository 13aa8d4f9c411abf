// What a commit writes, and what the database refuses of it.

#include <limits>

#include "integration/instance.h"
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
