#include "integration/planned.h"

#include "support/catch.h"

namespace tallymill::testing {
namespace {

using postgres::PipelineWork;
using postgres::PlannedPipeline;
using postgres::SchemaWork;
using postgres::StartPlan;

// The catalog as far as a start can change it.
std::string catalog(Database& database) {
  return database.value(
      "SELECT coalesce(string_agg(concat_ws(' ', n.nspname, n.nspacl, c.oid, c.relname, c.relkind, "
      "c.relfilenode, c.relacl, a.attname, a.atttypid, a.attnotnull, a.attgenerated, a.attisdropped), E'\\n' "
      "ORDER BY n.nspname, c.relname, a.attnum), '') FROM pg_namespace n LEFT JOIN pg_class c ON "
      "c.relnamespace = n.oid LEFT JOIN pg_attribute a ON a.attrelid = c.oid WHERE n.nspname !~ '^pg_' AND "
      "n.nspname <> 'information_schema'");
}

// Every row of every table, with the transaction that wrote it.
std::string rows(Database& database) {
  std::string text;
  for (const auto& table : database.query("SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid "
                                          "= c.relnamespace WHERE relkind = 'r' AND n.nspname !~ '^pg_' AND "
                                          "n.nspname <> 'information_schema' ORDER BY 1")) {
    text += table[0] + ": " +
            database.value("SELECT coalesce(string_agg(t.xmin::text || t::text, ' ' ORDER BY t.ctid), '') FROM " +
                           table[0] + " t") + "\n";
  }
  return text;
}

// Why the start stops, in the order in which it comes to it.
const Error* first_refusal(const StartPlan& plan) {
  if (plan.schema_refusal) return &*plan.schema_refusal;
  const PlannedPipeline& pipeline = plan.pipelines.at(0);
  if (pipeline.refusal) return &*pipeline.refusal;
  for (const auto& table : pipeline.tables) {
    if (table.refusal) return &*table.refusal;
  }
  return pipeline.readers_refusal ? &*pipeline.readers_refusal : nullptr;
}

}  // namespace

void count_once(Database& database, const Settings& settings) {
  Instance former(database, settings);
  former.start();
  former.commit(former.batch({amount("a", 1)}));
  former.store->release_lease();
}

StartPlan plan_of(Database& database, const Settings& settings) {
  const std::string before = catalog(database) + rows(database);
  auto plan = postgres::plan_start(spec_for(database, settings), plain_secrets());
  INFO((plan.ok() ? "" : plan.error().message()));
  REQUIRE(plan.ok());
  CHECK(catalog(database) + rows(database) == before);
  return std::move(plan).value();
}

bool changes_catalog(const StartPlan& plan) {
  bool any = plan.schema.kind != SchemaWork::Kind::keep || !plan.pipelines.at(0).reader_grants.empty();
  for (const auto& table : plan.pipelines.at(0).tables) any = any || !table.work.sql.empty();
  return any;
}

StartPlan come_true(Database& database, const Settings& settings) {
  StartPlan plan = plan_of(database, settings);
  const std::string before = catalog(database);
  Instance instance(database, settings);
  const auto opened = instance.store->open();
  const Error* const refusal = first_refusal(plan);
  INFO((refusal == nullptr ? "not refused" : refusal->message()));
  INFO((opened.ok() ? "opened" : opened.error().message()));
  REQUIRE(opened.ok() == (refusal == nullptr));
  if (refusal != nullptr) {
    CHECK(opened.error().code() == refusal->code());
    CHECK(opened.error().message().ends_with(refusal->message()));
    CHECK(catalog(database) == before);
    return plan;
  }
  CHECK((catalog(database) != before) == changes_catalog(plan));
  // Then there is nothing left to do.
  const StartPlan again = plan_of(database, settings);
  CHECK(first_refusal(again) == nullptr);
  CHECK_FALSE(changes_catalog(again));
  CHECK(again.pipelines.at(0).work.kind == PipelineWork::Kind::keep);
  return plan;
}

std::string refused_with(const StartPlan& plan) {
  const Error* const refusal = first_refusal(plan);
  return refusal == nullptr ? "" : refusal->code();
}

}  // namespace tallymill::testing
