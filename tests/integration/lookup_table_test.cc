// A lookup from a table: what is read, what is refused and in which words.

#include "sink/postgres/lookup_table_reader.h"

#include <string>

#include "integration/instance.h"
#include "sink/postgres/apply_migration.h"
#include "sink/postgres/check_tables.h"
#include "sink/postgres/migration.h"
#include "sink/postgres/rehearse_start.h"
#include "sink/postgres/start_plan.h"

#include "support/catch.h"

namespace tallymill::testing {
namespace {

using Table = std::shared_ptr<const LookupTable>;

constexpr std::size_t plenty = 1 << 20;

LookupSpec lookup_of(const std::string& table, std::vector<std::string> columns = {"owner"},
                     const std::string& schema = "public") {
  LookupSpec lookup;
  lookup.name = "ads";
  lookup.table = TableName{schema, table};
  lookup.key = "id";
  lookup.columns = std::move(columns);
  return lookup;
}

Result<Table> read(const Database& database, const LookupSpec& lookup, std::size_t max_bytes = plenty,
                   const std::string& user = "postgres", const std::string& settings = "") {
  Settings of_user;
  of_user.user = user;
  of_user.postgres = settings;
  return postgres::read_lookup_table(spec_for(database, of_user).postgres, lookup, max_bytes, plain_secrets());
}

Table table_in(const Database& database, const LookupSpec& lookup) {
  auto table = read(database, lookup);
  INFO((table.ok() ? std::string() : table.error().message()));
  REQUIRE(table.ok());
  return *table;
}

// What is refused, as "code: message".
std::string refusal(const Result<Table>& table) {
  REQUIRE_FALSE(table.ok());
  CHECK(table.error().reaction() == Reaction::stop);
  return table.error().code() + ": " + table.error().message();
}

Settings looking_up(const std::string& user, const std::string& table = "crm.ads") {
  Settings settings;
  settings.user = user;
  settings.more = "    lookups: {ads: {table: " + table + ", key: id}}\n"
                  "    derive:\n      owner: lookup(ads, key).owner\n";
  settings.aggregations = "      counts: {group_by: [owner], columns: {n: count()}}\n";
  return settings;
}

}  // namespace

TEST_CASE("of a table the key and the columns that are used are read, null as null") {
  Database database;
  database.query("CREATE TABLE ads (unused bytea, owner text, id text); "
                 "INSERT INTO ads VALUES ('x', 'Ann', '7'), ('x', NULL, '8'), (NULL, '', '9')");
  const Table table = table_in(database, lookup_of("ads"));
  CHECK(table->canonical_text() == "\"id\",\"owner\"\n\"7\",\"Ann\"\n\"8\",\n\"9\",\"\"\n");
  REQUIRE(table->find("8") >= 0);
  CHECK(table->is_null(static_cast<std::size_t>(table->find("8")), 1));
  CHECK_FALSE(table->is_null(static_cast<std::size_t>(table->find("9")), 1));
}

TEST_CASE("the same rows are the same version, in whatever order they and the columns are") {
  Database database;
  database.query("CREATE TABLE ads (id text, owner text, place text); "
                 "INSERT INTO ads SELECT i, 'o' || i, 'p' || i FROM generate_series(1, 500) i");
  const Digest before = table_in(database, lookup_of("ads", {"owner", "place"}))->content_hash();
  database.query("CREATE TABLE other AS SELECT * FROM ads ORDER BY id DESC; DROP TABLE ads; "
                 "ALTER TABLE other RENAME TO ads");
  CHECK(table_in(database, lookup_of("ads", {"place", "owner", "id"}))->content_hash() == before);
  database.query("UPDATE ads SET owner = NULL WHERE id = '7'");
  CHECK(table_in(database, lookup_of("ads", {"owner", "place"}))->content_hash() != before);
}

TEST_CASE("the text of a value does not depend on what the role or the database is set to") {
  Database database;
  const std::string role = database.make_role("reader");
  database.query("ALTER ROLE " + role + " SET DateStyle = 'German'; ALTER ROLE " + role +
                 " SET extra_float_digits = -3; ALTER ROLE " + role + " SET search_path = odd");
  database.query("CREATE TYPE mood AS ENUM ('calm', 'loud'); CREATE DOMAIN euros AS numeric(8, 2); "
                 "CREATE TABLE ads (id int, b boolean, i smallint, l bigint, n numeric, e euros, r real, "
                 "d double precision, day date, u uuid, m mood, c char(4), v varchar(9)); "
                 "INSERT INTO ads VALUES (1, true, -2, 9223372036854775807, 1.50, 2, 0.1, 0.1, '2026-01-31', "
                 "'00000000-0000-0000-0000-00000000000A', 'loud', 'ab', 'cd'); GRANT SELECT ON ads TO " + role);
  const LookupSpec lookup =
      lookup_of("ads", {"b", "i", "l", "n", "e", "r", "d", "day", "u", "m", "c", "v"});
  const auto table = read(database, lookup, plenty, role);
  REQUIRE(table.ok());
  CHECK((*table)->canonical_text() ==
        "\"b\",\"c\",\"d\",\"day\",\"e\",\"i\",\"id\",\"l\",\"m\",\"n\",\"r\",\"u\",\"v\"\n"
        "\"true\",\"ab\",\"0.1\",\"2026-01-31\",\"2.00\",\"-2\",\"1\",\"9223372036854775807\",\"loud\",\"1.50\","
        "\"0.1\",\"00000000-0000-0000-0000-00000000000a\",\"cd\"\n");
}

TEST_CASE("a type that has no one spelling is refused, and a key's more strictly") {
  Database database;
  const auto refused = [&database](const std::string& key, const std::string& other) {
    database.query("DROP TABLE IF EXISTS ads; CREATE TABLE ads (id " + key + ", owner " + other + ")");
    const std::string text = refusal(read(database, lookup_of("ads")));
    CHECK_THAT(text, Catch::Contains("a view that casts it"));
    return text;
  };
  for (const std::string type : {"timestamp with time zone", "interval", "bytea", "jsonb", "text[]"}) {
    CHECK_THAT(refused("text", type),
               Catch::StartsWith("lookup_type: column owner of table public.ads is of type " + type));
  }
  for (const std::string type : {"numeric", "double precision", "date", "boolean", "character(3)"}) {
    CHECK_THAT(refused(type, "text"),
               Catch::StartsWith("lookup_type: column id of table public.ads is of type " + type));
  }
}

TEST_CASE("a domain is what it restricts in the end, over however many domains") {
  Database database;
  database.query("CREATE DOMAIN code AS text; CREATE DOMAIN short_code AS code CHECK (length(VALUE) < 9); "
                 "CREATE DOMAIN ad_code AS short_code; CREATE DOMAIN moment AS timestamptz; "
                 "CREATE DOMAIN begin_of_day AS moment; CREATE TABLE ads (id ad_code, owner short_code); "
                 "INSERT INTO ads VALUES ('a', 'x')");
  CHECK(table_in(database, lookup_of("ads"))->find("a") == 0);
  database.query("ALTER TABLE ads ADD began begin_of_day");
  CHECK_THAT(refusal(read(database, lookup_of("ads", {"began"}))),
             Catch::StartsWith("lookup_type: column began of table public.ads is of type public.begin_of_day"));
}

TEST_CASE("what is not there is named") {
  Database database;
  CHECK_THAT(refusal(read(database, lookup_of("ads", {}, "crm"))),
             Catch::StartsWith("lookup_table_missing: there is no table crm.ads"));
  CHECK_THAT(refusal(read(database, lookup_of("ads"))),
             Catch::StartsWith("lookup_table_missing: there is no table public.ads"));
  database.query("CREATE TABLE ads (id text, owner_name text)");
  CHECK(refusal(read(database, lookup_of("ads"))) ==
        "lookup_column: table public.ads has no column owner, which an expression asks for");
  database.query("ALTER TABLE ads RENAME id TO ad_id");
  CHECK(refusal(read(database, lookup_of("ads", {}))) ==
        "lookup_column: table public.ads has no column id, which is the key");
}

TEST_CASE("rows that make no lookup are refused with the query that shows them") {
  Database database;
  database.query("CREATE TABLE ads (id text, owner text, kind text)");
  CHECK(refusal(read(database, lookup_of("ads"))) == "lookup_empty: table public.ads: there is no row");
  database.query("INSERT INTO ads VALUES ('a', 'x', '1'), ('a', 'y', '2')");  // The whole key is id and kind.
  const std::string twice = refusal(read(database, lookup_of("ads")));
  CHECK_THAT(twice, Catch::StartsWith("lookup_key: table public.ads: two rows have the same id: "));
  CHECK(database.query(twice.substr(twice.find("SELECT"))) == Cells{{"a", "2"}});
  database.query("UPDATE ads SET id = NULL WHERE kind = '2'");
  const std::string null = refusal(read(database, lookup_of("ads")));
  CHECK_THAT(null, Catch::StartsWith("lookup_key: table public.ads: a row has no id: "));
  CHECK(database.query(null.substr(null.find("SELECT"))) == Cells{{"NULL", "y", "2"}});
}

TEST_CASE("a table is read as far as the memory for lookups goes, and a row that is too large not at all") {
  Database database;
  database.query("CREATE TABLE ads (id int, owner text); "
                 "INSERT INTO ads SELECT i, repeat('x', 76) FROM generate_series(1000, 1099) i");
  // Each row counts 4 + 76 bytes of text, and 8 for each of two values.
  CHECK(read(database, lookup_of("ads"), 9600).ok());
  CHECK_THAT(refusal(read(database, lookup_of("ads"), 9599)),
             Catch::StartsWith("lookup_too_large: table public.ads: "));
  database.query("INSERT INTO ads VALUES (1, repeat('x', 100000000))");
  CHECK_THAT(refusal(read(database, lookup_of("ads"))), Catch::StartsWith("lookup_too_large"));
  CHECK(read(database, lookup_of("ads", {})).ok());  // The long column is not asked for.
}

TEST_CASE("a view is a table") {
  Database database;
  database.query("CREATE TABLE t (a timestamptz); INSERT INTO t VALUES ('2026-01-01 00:00+00'); "
                 "CREATE VIEW ads AS SELECT to_char(a AT TIME ZONE 'UTC', 'YYYY') AS id, 'x'::text AS owner FROM t");
  CHECK(table_in(database, lookup_of("ads"))->find("2026") == 0);
}

TEST_CASE("text that is not UTF-8, as the DSN may ask for, is refused") {
  Database database;
  database.query("CREATE TABLE ads (id text, owner text); INSERT INTO ads VALUES ('a', U&'\\00e9')");
  CHECK(refusal(read(database, lookup_of("ads"), plenty, "postgres client_encoding=LATIN1")) ==
        "lookup_malformed: table public.ads: a value of column owner is not UTF-8");
  CHECK(table_in(database, lookup_of("ads"))->cell(0, 1) == "\u00e9");
}

TEST_CASE("a table that is locked is waited for, and reading one writes nothing") {
  Database database;
  database.query("CREATE TABLE ads (id text, owner text); INSERT INTO ads VALUES ('a', 'x')");
  Sql other(database.dsn());
  other.query("BEGIN; LOCK TABLE ads");
  const auto locked = read(database, lookup_of("ads"), plenty, "postgres", ", lock_timeout: 100ms");
  REQUIRE_FALSE(locked.ok());
  CHECK(locked.error().reaction() == Reaction::retry);
  CHECK(locked.error().code() == "55P03");
  other.query("COMMIT");
  database.query("CREATE FUNCTION write() RETURNS text LANGUAGE sql AS "
                 "'INSERT INTO public.ads VALUES (1, 2) RETURNING id'; "
                 "CREATE VIEW writing AS SELECT 'a'::text AS id, write() AS owner");
  const auto writing = read(database, lookup_of("writing"));
  REQUIRE_FALSE(writing.ok());
  CHECK(writing.error().code() == "25006");
  CHECK(database.value("SELECT count(*) FROM ads") == "1");
}

TEST_CASE("a role that may not read the table is told the GRANT that it lacks, by whoever looks") {
  Database database;
  const std::string role = database.make_role("daemon");
  database.query("CREATE SCHEMA crm; CREATE TABLE crm.ads (id text, owner text, secret text); "
                 "INSERT INTO crm.ads VALUES ('a', 'x', 'y'); GRANT CREATE ON SCHEMA public TO " + role +
                 "; GRANT CREATE ON DATABASE " + database.value("SELECT current_database()") + " TO " + role);
  const LookupSpec lookup = lookup_of("ads", {"owner"}, "crm");
  CHECK_THAT(refusal(read(database, lookup, plenty, role)),
             Catch::Contains("GRANT USAGE ON SCHEMA \"crm\" TO \"" + role + "\""));
  database.query("GRANT USAGE ON SCHEMA crm TO " + role);
  const std::string grant = "GRANT SELECT (\"id\", \"owner\") ON \"crm\".\"ads\" TO \"" + role + "\";";
  const std::string lacking = refusal(read(database, lookup, plenty, role));
  CHECK_THAT(lacking, Catch::StartsWith("42501: ") && Catch::Contains(grant));

  const Spec spec = spec_for(database, looking_up(role));
  const auto rehearsed = postgres::rehearse_start(spec.postgres, spec.pipelines[0], {"host", "s1"}, plain_secrets());
  REQUIRE_FALSE(rehearsed.ok());
  CHECK_THAT(rehearsed.error().message(), Catch::Contains("lookup ads") && Catch::Contains(grant));
  const auto planned = postgres::plan_start(spec, plain_secrets());
  REQUIRE(planned.ok());
  REQUIRE(planned->pipelines.at(0).lookups_refusal.has_value());
  CHECK_THAT(planned->pipelines.at(0).lookups_refusal->message(),
             Catch::Contains("lookup ads") && Catch::Contains(grant));

  SECTION("columns alone are enough") {
    database.query("GRANT SELECT (id, owner) ON crm.ads TO " + role);
    CHECK(read(database, lookup, plenty, role).ok());
  }
  SECTION("what migrate --sql prints is enough") {
    database.query("REVOKE ALL ON SCHEMA crm FROM " + role);
    database.query(postgres::migration_sql(spec, role));
    CHECK(read(database, lookup, plenty, role).ok());
    const auto refusals = postgres::check_tables(spec, plain_secrets());
    REQUIRE(refusals.ok());
    CHECK(refusals->empty());
  }
  SECTION("migrate grants it where it may") {
    database.query("REVOKE ALL ON SCHEMA crm FROM " + role);
    Settings owner = looking_up("postgres");
    std::string said;
    postgres::Migration migration;
    migration.daemon_role = role;
    migration.say = [&said](const std::string& line) { said += line + "\n"; };
    migration.wait = migration.say;
    const auto left = postgres::apply_migration(spec_for(database, owner), migration, plain_secrets());
    REQUIRE(left.ok());
    CHECK(left->empty());
    CHECK_THAT(said, Catch::Contains("granted SELECT on table crm.ads of lookup ads"));
    CHECK(read(database, lookup, plenty, role).ok());
  }
  SECTION("and has its owner told where it may not") {
    database.query(grant);
    const std::string other = database.make_role("other");
    postgres::Migration migration;
    migration.daemon_role = other;
    migration.say = [](const std::string&) {};
    migration.wait = migration.say;
    const auto left = postgres::apply_migration(spec, migration, plain_secrets());
    REQUIRE(left.ok());
    REQUIRE(left->size() == 1);
    CHECK_THAT((*left)[0].message(),
               Catch::Contains("have its owner run") &&
                   Catch::Contains("GRANT SELECT (\"id\", \"owner\") ON \"crm\".\"ads\" TO \"" + other + "\";"));
  }
}

TEST_CASE("where the schema public is closed, its USAGE is among what is granted or asked for") {
  Database database;
  const std::string role = database.make_role("daemon");
  const std::string owner = database.make_role("owner");
  const std::string name = database.value("SELECT current_database()");
  database.query("REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT CREATE ON DATABASE " + name + " TO " + owner +
                 "; GRANT ALL ON SCHEMA public TO " + owner + "; CREATE TABLE ads (id text, owner text); "
                 "INSERT INTO ads VALUES ('a', 'x')");
  const std::string usage = "GRANT USAGE ON SCHEMA \"public\" TO \"" + role + "\";";
  CHECK_THAT(refusal(read(database, lookup_of("ads"), plenty, role)), Catch::Contains(usage));
  Settings settings = looking_up(owner, "ads");
  postgres::Migration migration;
  migration.daemon_role = role;
  migration.say = [](const std::string&) {};
  const auto left = postgres::apply_migration(spec_for(database, settings), migration, plain_secrets());
  REQUIRE(left.ok());
  REQUIRE(left->size() == 1);
  CHECK_THAT((*left)[0].message(), Catch::Contains(usage) && Catch::Contains("GRANT SELECT (\"id\", \"owner\")"));
  settings.user = "postgres";
  const auto granted = postgres::apply_migration(spec_for(database, settings), migration, plain_secrets());
  REQUIRE(granted.ok());
  CHECK(granted->empty());
  CHECK(read(database, lookup_of("ads"), plenty, role).ok());
}

}  // namespace tallymill::testing
