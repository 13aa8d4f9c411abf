#include "daemon/plan_report.h"

#include "daemon/exit_codes.h"
#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {
namespace {

using namespace postgres;

// A plan of the pipeline `counts`, which stands at batch 12, and what is said of it.
struct Plan {
  Plan() {
    plan.schema = {SchemaWork::Kind::keep, 3, {}};
    PlannedPipeline pipeline;
    pipeline.name = "counts";
    pipeline.stored = StoredPipeline{"counts", "f", "text", 12, "", ""};
    pipeline.committed_at = "2026-01-31T12:00:00Z";
    pipeline.newest_event = "2026-01-31T11:59:58Z";
    plan.pipelines.push_back(pipeline);
  }
  PlannedPipeline& pipeline() { return plan.pipelines[0]; }
  TableWork& table(TableWork::Kind kind, const std::string& sql) {
    PlannedTable planned;
    planned.plan.schema = "public";
    planned.plan.table = "counts";
    planned.aggregation = "counts";
    planned.work.kind = kind;
    planned.work.registered = kind != TableWork::Kind::make;
    planned.work.sql = sql;
    pipeline().tables.push_back(planned);
    return pipeline().tables.back().work;
  }
  [[nodiscard]] PlanView view() const { return view_of(plan, spec, "t.yaml"); }
  [[nodiscard]] std::string report() const { return plan_report(view(), false); }

  StartPlan plan;
  const Spec spec = counting_spec();
};

}  // namespace

TEST_CASE("where there is nothing to do a plan says so, and a script can tell") {
  const Plan plan;
  CHECK(plan.report() ==
        "pipeline counts, at batch 12 of 2026-01-31T12:00:00Z, events up to 2026-01-31T11:59:58Z\n"
        "  goes on as it is\n"
        "\n"
        "Nothing to do: the next start changes nothing.\n");
  CHECK(plan.view().exit_code() == exit_code::ok);
}

TEST_CASE("a new database gets its schema and its tables") {
  Plan plan;
  plan.plan.schema = {SchemaWork::Kind::make, 0, "CREATE SCHEMA"};
  plan.pipeline().stored.reset();
  plan.table(TableWork::Kind::make, "CREATE TABLE").columns = {"n", "total"};
  CHECK(plan.report() ==
        "schema tallymill\n"
        "  + schema tallymill with the daemon's own tables, version 4\n"
        "\n"
        "pipeline counts, new\n"
        "  + table public.counts: n, total\n"
        "\n"
        "2 to add, 0 to change, 0 refused. The next start does it.\n");
  CHECK(plan.view().exit_code() == exit_code::would_change);
}

TEST_CASE("columns that come later count from the next batch on, and what rebuilds them is said") {
  Plan plan;
  plan.pipeline().work.kind = PipelineWork::Kind::grow;
  plan.pipeline().work.growth.reads = {"field \"tax\" int declared"};
  TableWork& work = plan.table(TableWork::Kind::grow, "ALTER TABLE");
  work.columns = {"most", "per"};
  work.definitions = {"most bigint", "per numeric"};
  work.rewrites = true;
  work.bytes = 5 << 20;
  CHECK(plan.report() ==
        "pipeline counts, at batch 12 of 2026-01-31T12:00:00Z, events up to 2026-01-31T11:59:58Z\n"
        "  + reads field \"tax\" int declared\n"
        "      a record that is no use there is rejected, as for any other field\n"
        "  + table public.counts counts more: most, per\n"
        "      column most bigint\n"
        "      column per numeric\n"
        "      counts from batch 13 on\n"
        "      what was counted before, too: tallymill replay t.yaml counts --aggregation counts\n"
        "  ~ table public.counts, 5 MiB with its indexes, is written anew for that\n"
        "      nobody reads it or counts into it meanwhile\n"
        "\n"
        "2 to add, 1 to change, 0 refused. The next start does it.\n");
}

TEST_CASE("what a start will not do by itself is refused, with the command that does it") {
  Plan plan;
  TableWork& work = plan.table(TableWork::Kind::grow, "ALTER TABLE");
  work.columns = {"most"};
  work.definitions = {"most bigint"};
  SECTION("for the policy") {
    plan.pipeline().tables[0].refusal =
        Error(Reaction::stop, "column_missing", "table public.counts lacks new columns:\nALTER TABLE");
    CHECK(plan.report().find("  ! refused (column_missing): table public.counts lacks new columns:\n"
                             "      then the start goes on: tallymill migrate t.yaml\n") != std::string::npos);
  }
  SECTION("for the size") {
    work.rewrites = true;
    plan.pipeline().tables[0].refusal = Error(Reaction::stop, "table_rewrite", "too large");
    CHECK(plan.report().find("then the start goes on: tallymill migrate t.yaml --rewrite\n") != std::string::npos);
  }
  CHECK(plan.view().exit_code() == exit_code::would_be_refused);
}

TEST_CASE("a configuration that counts otherwise is refused, with both ways on") {
  Plan plan;
  plan.pipeline().refusal = Error(Reaction::stop, "config_changed", "it counts otherwise\n  - one\n  + two");
  CHECK(plan.report() ==
        "pipeline counts, at batch 12 of 2026-01-31T12:00:00Z, events up to 2026-01-31T11:59:58Z\n"
        "  ! refused (config_changed): it counts otherwise\n"
        "      - one\n"
        "      + two\n"
        "      all tables anew in their place: tallymill reset t.yaml counts --truncate --dry-run\n"
        "      beside the old one: leave it as it was, add the aggregation under another name, and have what was "
        "counted before read again: tallymill replay t.yaml counts --aggregation NAME\n"
        "\n"
        "0 to add, 0 to change, 1 refused. A pipeline that is refused is stopped by the next start, and nothing of "
        "it is changed.\n");
}

TEST_CASE("whoever holds it is named, and moves the batch that new columns count from") {
  Plan plan;
  plan.table(TableWork::Kind::grow, "ALTER TABLE").columns = {"most"};
  plan.pipeline().stored->instance = "host-1";
  CHECK(plan.report().find("  instance host-1 holds it: ") != std::string::npos);
  CHECK(plan.report().find("counts from batch 13 on, or from a later one: instance host-1 goes on until then\n") !=
        std::string::npos);
}

TEST_CASE("a schema of a newer version ends the plan") {
  Plan plan;
  plan.plan.pipelines.clear();
  plan.plan.schema_refusal = Error(Reaction::stop, "schema_version", "run the newer tallymill");
  CHECK(plan.report().starts_with("schema tallymill\n  ! refused (schema_version): run the newer tallymill\n"));
}

TEST_CASE("marks have their colours, and nothing of what is shown drives a terminal") {
  Plan plan;
  plan.table(TableWork::Kind::make, "CREATE TABLE").columns = {"n\x1b[2J"};
  const std::string report = plan_report(plan.view(), true);
  CHECK(report.find("  \x1b[32m+\x1b[0m table public.counts: n\\x1B[2J\n") != std::string::npos);
  CHECK(report.find("\x1b[2J") == std::string::npos);
}

TEST_CASE("a script gets the same, with the statements") {
  Plan plan;
  plan.table(TableWork::Kind::make, "CREATE TABLE counts ();").columns = {"n"};
  const std::string json = plan_json(plan.view());
  CHECK(json.find(R"({"do":"add","what":"table public.counts: n","notes":["counts from batch 13 on",)") !=
        std::string::npos);
  CHECK(json.find(R"("sql":"CREATE TABLE counts ();","code":"")") != std::string::npos);
  CHECK(json.find(R"("add":1,"change":0,"refuse":0})") != std::string::npos);
}

}  // namespace tallymill::testing
