#include "sink/postgres/migration.h"

#include "sink/postgres/identifiers.h"
#include "sink/postgres/lookup_grants.h"
#include "sink/postgres/readers.h"
#include "sink/postgres/service_schema.h"
#include "sink/postgres/target_table.h"

namespace tallymill::postgres {
namespace {

// CREATE TABLE has an IF NOT EXISTS that would hide a table of another shape; the daemon compares
// what is there at its start, so here it is safe.
std::string create_if_missing(const TablePlan& plan) {
  std::string ddl = create_table_ddl(plan);
  const std::string create = "CREATE TABLE ";
  return create + "IF NOT EXISTS " + ddl.substr(create.size());
}

// Last, because it is the part that needs more than an empty database.
std::string grants_on_lookups(const Spec& spec, const std::string& daemon_role) {
  std::string sql;
  if (daemon_role.empty()) return sql;
  for (const PipelineSpec& pipeline : spec.pipelines) {
    for (const LookupSpec& lookup : pipeline.lookups) {
      if (lookup.reads_table()) sql += grants_on_lookup(lookup, daemon_role);
    }
  }
  return sql.empty() ? sql : "-- Tables that lookups read; they must be there.\n" + sql;
}

}  // namespace

std::string grants_on_schema(const PostgresSpec& postgres, const std::string& daemon_role) {
  std::string sql = grants_on_status(postgres);
  if (daemon_role.empty()) return sql;
  const std::string schema = quoted(postgres.schema);
  const std::string to_role = " TO " + quoted(daemon_role) + ";\n";
  return sql + "GRANT USAGE ON SCHEMA " + schema + to_role +
         "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA " + schema + to_role;
}

std::string grants_on_target(const PostgresSpec& postgres, const TablePlan& plan,
                             const std::string& daemon_role) {
  std::string sql = grants_on_table(postgres, plan);
  if (daemon_role.empty()) return sql;
  const std::string to_role = " TO " + quoted(daemon_role) + ";\n";
  if (plan.schema != "public") sql += "GRANT USAGE ON SCHEMA " + quoted(plan.schema) + to_role;
  return sql + "GRANT SELECT, INSERT, UPDATE, DELETE ON " + qualified(plan.schema, plan.table) + to_role;
}

std::string migration_sql(const Spec& spec, const std::string& daemon_role) {
  std::string sql = create_schema_ddl(spec.postgres.schema) + "\n" +
                    service_tables_ddl(spec.postgres.schema) + "\n" +
                    grants_on_schema(spec.postgres, daemon_role) + "\n";
  for (const PipelineSpec& pipeline : spec.pipelines) {
    for (const AggregationSpec& aggregation : pipeline.aggregations) {
      const TablePlan& plan = aggregation.plan;
      if (plan.schema != "public") sql += create_schema_ddl(plan.schema);
      sql += create_if_missing(plan) + grants_on_target(spec.postgres, plan, daemon_role) + "\n";
    }
  }
  return sql + grants_on_lookups(spec, daemon_role);
}

}  // namespace tallymill::postgres
