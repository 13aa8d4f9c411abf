// What a plan says is what the next start does, and a plan by itself does nothing.

#include "integration/planned.h"
#include "sink/postgres/table_work.h"

#include "support/catch.h"

namespace tallymill::testing {
namespace {

using postgres::PipelineWork;
using postgres::SchemaWork;
using postgres::StartPlan;
using postgres::TableWork;

Settings with_columns(const std::string& columns) {
  Settings settings;
  settings.aggregations =
      "      counts:\n"
      "        group_by: [key]\n"
      "        columns: {n: count(), total: sum(amount)" + columns + "}\n";
  return settings;
}

}  // namespace

TEST_CASE("an empty database is given schema, row and tables") {
  Database database;
  const StartPlan plan = come_true(database, {});
  CHECK(plan.schema.kind == SchemaWork::Kind::make);
  CHECK(plan.pipelines.at(0).work.kind == PipelineWork::Kind::make);
  CHECK(plan.pipelines.at(0).tables.at(0).work.kind == TableWork::Kind::make);
  CHECK(plan.pipelines.at(0).tables.at(0).work.columns == std::vector<std::string>{"n", "total"});
}

TEST_CASE("a plan of a database that is as it should be is empty") {
  Database database;
  count_once(database);
  const StartPlan plan = come_true(database, {});
  CHECK_FALSE(changes_catalog(plan));
  CHECK(plan.pipelines.at(0).stored->batches == 1);
  CHECK(plan.pipelines.at(0).committed_at.size() == std::string("2026-01-31T12:00:00Z").size());
}

TEST_CASE("columns and aggregations that are new are planned, and each refusal is foreseen") {
  Database database;
  count_once(database);
  SECTION("a column") {
    const StartPlan plan = come_true(database, with_columns(", most: max(amount)"));
    const TableWork& work = plan.pipelines.at(0).tables.at(0).work;
    CHECK(work.kind == TableWork::Kind::grow);
    CHECK(work.definitions == std::vector<std::string>{"most bigint"});
    CHECK_FALSE(work.rewrites);
  }
  SECTION("a formula") {
    const StartPlan plan = come_true(database, with_columns(", per: total / n, mean: avg(amount)"));
    const TableWork& work = plan.pipelines.at(0).tables.at(0).work;
    CHECK(work.columns == std::vector<std::string>{"mean", "per"});
    CHECK(work.rewrites);
    CHECK(work.bytes > 0);
  }
  SECTION("an aggregation") {
    Settings settings;
    settings.aggregations += "      others: {columns: {n: count()}, sinks: {postgres: {table: more.others}}}\n";
    const StartPlan plan = come_true(database, settings);
    CHECK(plan.pipelines.at(0).work.kind == PipelineWork::Kind::grow);
    CHECK(plan.pipelines.at(0).tables.at(1).work.kind == TableWork::Kind::make);
  }
  SECTION("a column in another order") {
    Settings settings;
    settings.aggregations = "      counts: {group_by: [key], columns: {total: sum(amount), n: count()}}\n";
    CHECK(come_true(database, settings).pipelines.at(0).work.kind == PipelineWork::Kind::grow);
  }
  SECTION("a column that is there, with values") {
    database.query("ALTER TABLE counts ADD COLUMN most bigint DEFAULT 7");
    CHECK(refused_with(come_true(database, with_columns(", most: max(amount)"))) == "column_not_empty");
  }
  SECTION("a column that is there, untouched") {
    database.query("ALTER TABLE counts ADD COLUMN most bigint");
    const StartPlan plan = come_true(database, with_columns(", most: max(amount)"));
    CHECK(plan.pipelines.at(0).tables.at(0).work.kind == TableWork::Kind::grow);
    CHECK_FALSE(changes_catalog(plan));
  }
  SECTION("a column that is there, of another type") {
    database.query("ALTER TABLE counts ADD COLUMN most text");
    CHECK(refused_with(come_true(database, with_columns(", most: max(amount)"))) == "table_differs");
  }
  SECTION("a replay under way") {
    database.query("INSERT INTO tallymill.pipeline (pipeline, fingerprint) VALUES ('counts.replay.counts', 'x')");
    CHECK(refused_with(come_true(database, with_columns(", most: max(amount)"))) == "replay_running");
  }
  SECTION("a column that is gone from the configuration") {
    Settings settings;
    settings.aggregations = "      counts: {group_by: [key], columns: {n: count()}}\n";
    CHECK(refused_with(come_true(database, settings)) == "config_changed");
  }
  SECTION("a column that counts otherwise") {
    Settings settings;
    settings.aggregations = "      counts: {group_by: [key], columns: {n: count(), total: sum(amount * 2)}}\n";
    CHECK(refused_with(come_true(database, settings)) == "config_changed");
  }
}

TEST_CASE("under ddl: check a plan holds the statements that a start will not run") {
  Database database;
  count_once(database);
  Settings settings = with_columns(", most: max(amount)");
  settings.postgres = ", ddl: check";
  SECTION("a column") {
    const StartPlan plan = come_true(database, settings);
    CHECK(refused_with(plan) == "column_missing");
    database.query(plan.pipelines.at(0).tables.at(0).work.sql);
  }
  SECTION("a table") {
    settings = {};
    settings.postgres = ", ddl: check";
    settings.aggregations += "      others: {columns: {n: count()}}\n";
    const StartPlan plan = come_true(database, settings);
    CHECK(refused_with(plan) == "table_missing");
    database.query(plan.pipelines.at(0).tables.at(1).work.sql);
  }
  CHECK(refused_with(come_true(database, settings)).empty());
}

TEST_CASE("a large table is not rewritten by a start") {
  Database database;
  count_once(database);
  database.query("INSERT INTO counts (key, n) SELECT i::text, 1 FROM generate_series(1, 600000) i");
  const StartPlan plan = come_true(database, with_columns(", per: total / n"));
  CHECK(refused_with(plan) == "table_rewrite");
  CHECK(plan.pipelines.at(0).tables.at(0).work.bytes > postgres::quick_rewrite);
}

TEST_CASE("what has happened to tables, checkpoints and schema is foreseen") {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"DROP TABLE counts", "table_gone"},
      {"ALTER TABLE counts RENAME TO elsewhere", "table_renamed"},
      {"ALTER TABLE counts RENAME TO elsewhere; CREATE TABLE counts (LIKE elsewhere)", "table_renamed"},
      {"ALTER TABLE counts DROP COLUMN total", "table_differs"},
      {"ALTER TABLE counts DROP CONSTRAINT counts_pkey", "table_differs"},
      {"ALTER TABLE counts ALTER COLUMN n TYPE numeric", "table_differs"},
      {"ALTER TABLE counts ADD COLUMN owner text NOT NULL DEFAULT 'x'", ""},
      {"ALTER TABLE counts ADD COLUMN owner text NOT NULL DEFAULT 'x'; ALTER TABLE counts ALTER COLUMN owner "
       "DROP DEFAULT", "table_differs"},
      {"DELETE FROM tallymill.aggregation", "table_not_empty"},
      {"DELETE FROM tallymill.aggregation; DELETE FROM counts", ""},
      {"UPDATE tallymill.schema_version SET version = version + 1", "schema_version"},
      {"UPDATE tallymill.pipeline SET fingerprint = 'x', spec = ''", "config_changed"},
      {"UPDATE tallymill.pipeline SET fingerprint = 'x', spec = '', batch_sequence = 0; DELETE FROM counts", ""},
  };
  for (const auto& [change, code] : changes) {
    DYNAMIC_SECTION(change) {
      Database database;
      count_once(database);
      database.query(change);
      CHECK(refused_with(come_true(database, {})) == code);
    }
  }
}

TEST_CASE("checkpoints that were deleted are foreseen, though open() leaves them to the start behind it") {
  Database database;
  count_once(database);
  database.query("DELETE FROM tallymill.checkpoint");
  CHECK(refused_with(plan_of(database, {})) == "checkpoint_gone");
}

TEST_CASE("a schema of an older version is brought up to date, and one before it had specs can be planned") {
  Database database;
  count_once(database);
  database.query("DROP TABLE tallymill.instance; ALTER TABLE tallymill.pipeline DROP COLUMN spec, DROP COLUMN "
                 "revisions; UPDATE tallymill.schema_version SET version = 2");
  const StartPlan plan = come_true(database, {});
  CHECK(plan.schema.kind == SchemaWork::Kind::update);
  CHECK(plan.schema.version == 2);
}

TEST_CASE("a pipeline that is renamed, and one whose table is another's, are foreseen") {
  Database database;
  count_once(database);
  Settings settings;
  settings.pipeline = "tallies";
  SECTION("owned") { CHECK(refused_with(come_true(database, settings)) == "table_owned"); }
  SECTION("renamed") {
    settings.more = "    renamed_from: counts\n";
    const StartPlan plan = come_true(database, settings);
    CHECK(plan.pipelines.at(0).stored->name == "counts");
    CHECK(refused_with(plan).empty());
  }
}

TEST_CASE("a plan is made in a transaction that cannot write") {
  Database database;
  count_once(database);
  // Whoever reads the pipeline's row by way of this view would write.
  database.query("CREATE TABLE seen (); CREATE FUNCTION see() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN "
                 "INSERT INTO public.seen DEFAULT VALUES; RETURN true; END $$; "
                 "ALTER TABLE tallymill.schema_version RENAME TO hidden; CREATE VIEW tallymill.schema_version AS "
                 "SELECT * FROM tallymill.hidden WHERE public.see()");
  const auto plan = postgres::plan_start(spec_for(database), plain_secrets());
  REQUIRE_FALSE(plan.ok());
  CHECK(plan.error().code() == "25006");
  CHECK(database.value("SELECT count(*) FROM seen") == "0");
}

}  // namespace tallymill::testing
