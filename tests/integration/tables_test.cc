// Tables that are not what the pipeline left, or not what it wants: every refusal says the SQL that
// settles it, and that SQL does.

#include "integration/instance.h"

#include "support/catch.h"

namespace tallymill::testing {
namespace {

Error refusal(Instance& instance) {
  auto opened = instance.store->open();
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().reaction() == Reaction::stop);
  return opened.error();
}

// The lines of a message that are SQL: they are indented and end in a semicolon.
std::string sql_in(const std::string& message) {
  std::string sql;
  std::size_t at = 0;
  while (at < message.size()) {
    const std::size_t end = std::min(message.find('\n', at), message.size());
    const std::string line = message.substr(at, end - at);
    if (line.starts_with("  ") && line.ends_with(";")) sql += line + "\n";
    at = end + 1;
  }
  INFO(message);
  REQUIRE_FALSE(sql.empty());
  return sql;
}

void runs_and_settles(Database& database, Instance& instance, const std::string& message) {
  INFO(message);
  database.query(sql_in(message));
  const auto opened = instance.store->open();
  INFO((opened.ok() ? "" : opened.error().message()));
  CHECK(opened.ok());
}

// Nullable keys, sums, doubles, generated columns: everything that a table can be made of.
Settings rich() {
  Settings settings;
  settings.aggregations =
      "      counts:\n"
      "        window: 10s\n"
      "        group_by: {name: key, size: amount}\n"
      "        columns:\n"
      "          n: count()\n"
      "          total: sum(amount)\n"
      "          mean: avg(amount)\n"
      "          real_mean: avg(real)\n"
      "          first_key: min(key)\n"
      "          per: total / n\n"
      "          last_key: last(key)\n";
  return settings;
}

}  // namespace

TEST_CASE("a table that differs is answered with DDL that settles it") {
  Database database;
  { REQUIRE(Instance(database, rich()).store->open().ok()); }
  Instance instance(database, rich());

  const char* change = "";
  SECTION("nothing") {}
  SECTION("a column of another type") { change = "ALTER COLUMN first_key TYPE varchar(20)"; }
  SECTION("a key of another type") { change = "ALTER COLUMN name TYPE varchar(20)"; }
  SECTION("a key of another collation") {
    change = "ALTER COLUMN name TYPE text COLLATE \"POSIX\"";
  }
  SECTION("a numeric with a limit") {
    change = "DROP COLUMN per, ALTER COLUMN total TYPE numeric(10,2)";
  }
  SECTION("a column that is missing") { change = "DROP COLUMN last_key"; }
  SECTION("a count that is missing") { change = "DROP COLUMN n CASCADE"; }
  SECTION("a generated column that is missing") { change = "DROP COLUMN mean"; }
  SECTION("a generated column of another rule") {
    change = "DROP COLUMN per, ADD COLUMN per numeric GENERATED ALWAYS AS (total * n) STORED";
  }
  SECTION("a generated column of a rule that raises") {
    change = "DROP COLUMN per, ADD COLUMN per numeric GENERATED ALWAYS AS (total / n) STORED";
  }
  SECTION("a generated column that is none") { change = "ALTER COLUMN per DROP EXPRESSION"; }
  SECTION("a generated column of another type") {
    change = "DROP COLUMN per, ADD COLUMN per double precision GENERATED ALWAYS AS "
             "(total::double precision / nullif(n, 0)) STORED";
  }
  SECTION("a stored column that is generated") {
    change = "DROP COLUMN first_key, ADD COLUMN first_key text COLLATE \"C\" GENERATED ALWAYS AS "
             "(name) STORED";
  }
  SECTION("a key without its index") { change = "DROP CONSTRAINT counts_window_start_name_size_key"; }
  SECTION("a key whose index knows nulls as distinct") {
    change = "DROP CONSTRAINT counts_window_start_name_size_key, ADD UNIQUE (window_start, name, size)";
  }
  SECTION("a key whose index is deferrable") {
    change = "DROP CONSTRAINT counts_window_start_name_size_key, ADD UNIQUE NULLS NOT DISTINCT "
             "(window_start, name, size) DEFERRABLE";
  }
  SECTION("a part that must not be null") { change = "ALTER COLUMN total SET NOT NULL"; }
  SECTION("a count that may be null") { change = "ALTER COLUMN n DROP NOT NULL"; }
  SECTION("a key that must not be null") { change = "ALTER COLUMN size SET NOT NULL"; }
  SECTION("a foreign column that wants a value") { change = "ADD COLUMN owner text NOT NULL"; }
  SECTION("several at once") {
    change = "DROP COLUMN last_key, ALTER COLUMN first_key TYPE varchar(20), ADD COLUMN owner text "
             "NOT NULL";
  }
  if (*change == '\0') {
    CHECK(instance.store->open().ok());
    return;
  }
  database.query("ALTER TABLE counts " + std::string(change));
  const Error error = refusal(instance);
  CHECK(error.code() == "table_differs");
  runs_and_settles(database, instance, error.message());
}

TEST_CASE("columns that the configuration does not know may stay where they need no value") {
  Database database;
  { REQUIRE(Instance(database, rich()).store->open().ok()); }
  database.query("ALTER TABLE counts ADD COLUMN note text, ADD COLUMN made timestamptz NOT NULL "
                 "DEFAULT now(), ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY, "
                 "ADD COLUMN twice bigint GENERATED ALWAYS AS (n * 2) STORED");
  CHECK(Instance(database, rich()).store->open().ok());
}

TEST_CASE("a view of the table's name is refused") {
  Database database;
  database.query("CREATE VIEW counts AS SELECT 'a' AS key, 1 AS n, 1 AS total");
  Instance instance(database);
  CHECK_THAT(refusal(instance).message(), Catch::Contains("public.counts"));
}

TEST_CASE("an empty table that nobody owns is adopted, one with rows is not") {
  Database database;
  database.query("CREATE TABLE counts (key text COLLATE \"C\" PRIMARY KEY, n bigint NOT NULL DEFAULT "
                 "0, total numeric, note text)");
  Instance instance(database);
  SECTION("empty") {
    instance.start();
    instance.commit(instance.batch({amount("a", 1)}));
    CHECK(database.value("SELECT n FROM counts") == "1");
  }
  SECTION("with rows") {
    database.query("INSERT INTO counts (key, n) VALUES ('a', 5)");
    const Error error = refusal(instance);
    CHECK(error.code() == "table_not_empty");
    CHECK_THAT(error.message(), Catch::Contains("public.counts"));
    database.query("DELETE FROM counts");
    CHECK(instance.store->open().ok());
  }
}

TEST_CASE("two pipelines cannot have one table") {
  Database database;
  Instance first(database);
  REQUIRE(first.store->open().ok());
  Settings settings;
  settings.pipeline = "others";
  Instance second(database, settings);
  const Error error = refusal(second);
  CHECK(error.code() == "table_owned");
  CHECK_THAT(error.message(), Catch::Contains("aggregation counts of pipeline counts"));
}

TEST_CASE("a table that is not where it was left is refused, each case with its ways out") {
  Database database;
  Instance former(database);
  former.start();
  former.commit(former.batch({amount("a", 1)}));
  Instance instance(database);
  SECTION("gone") {
    database.query("DROP TABLE counts");
    const Error error = refusal(instance);
    CHECK(error.code() == "table_gone");
    CHECK_THAT(error.message(), Catch::Contains("public.counts"));
  }
  SECTION("renamed") {
    database.query("ALTER TABLE counts RENAME TO \"old counts\"");
    const Error error = refusal(instance);
    CHECK(error.code() == "table_renamed");
    runs_and_settles(database, instance, error.message());
  }
  SECTION("moved to another schema") {
    database.query("CREATE SCHEMA attic; ALTER TABLE counts SET SCHEMA attic");
    const Error error = refusal(instance);
    CHECK(error.code() == "table_renamed");
    runs_and_settles(database, instance, error.message());
  }
  SECTION("moved and renamed") {
    database.query("CREATE SCHEMA attic; ALTER TABLE counts SET SCHEMA attic; ALTER TABLE attic.counts "
                   "RENAME TO old");
    runs_and_settles(database, instance, refusal(instance).message());
  }
  SECTION("renamed, and another one put in its place") {
    database.query("ALTER TABLE counts RENAME TO old; CREATE TABLE counts (LIKE old)");
    const Error error = refusal(instance);
    CHECK(error.code() == "table_renamed");
    runs_and_settles(database, instance, error.message());
    CHECK(database.value("SELECT n FROM counts") == "1");
  }
  SECTION("made anew") {
    database.query("CREATE TABLE copy AS SELECT * FROM counts; CREATE TABLE like_it (LIKE counts "
                   "INCLUDING ALL); DROP TABLE counts; ALTER TABLE like_it RENAME TO counts; "
                   "INSERT INTO counts SELECT * FROM copy");
    const Error error = refusal(instance);
    CHECK(error.code() == "table_replaced");
    runs_and_settles(database, instance, error.message());
    instance.start();
    instance.commit(instance.batch({amount("a", 1)}));
    CHECK(database.value("SELECT n FROM counts") == "2");
  }
}

}  // namespace tallymill::testing
