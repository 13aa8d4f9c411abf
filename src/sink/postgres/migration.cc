#include "sink/postgres/migration.h"

#include "sink/postgres/connection.h"
#include "sink/postgres/identifiers.h"
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

std::string grants_to_daemon(const PostgresSpec& postgres, const std::string& role) {
  const std::string schema = quoted(postgres.schema);
  return "GRANT USAGE ON SCHEMA " + schema + " TO " + quoted(role) + ";\n" +
         "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA " + schema + " TO " +
         quoted(role) + ";\n";
}

}  // namespace

std::string migration_sql(const Spec& spec, const std::string& daemon_role) {
  std::string sql = create_schema_ddl(spec.postgres.schema) + "\n" +
                    service_tables_ddl(spec.postgres.schema) + "\n" +
                    grants_on_status(spec.postgres);
  if (!daemon_role.empty()) sql += grants_to_daemon(spec.postgres, daemon_role) + "\n";
  for (const PipelineSpec& pipeline : spec.pipelines) {
    for (const AggregationSpec& aggregation : pipeline.aggregations) {
      const TablePlan& plan = aggregation.plan;
      if (plan.schema != "public") {
        sql += create_schema_ddl(plan.schema);
      }
      sql += create_if_missing(plan);
      if (!daemon_role.empty()) {
        if (plan.schema != "public") {
          sql += "GRANT USAGE ON SCHEMA " + quoted(plan.schema) + " TO " + quoted(daemon_role) + ";\n";
        }
        sql += "GRANT SELECT, INSERT, UPDATE, DELETE ON " + qualified(plan.schema, plan.table) +
               " TO " + quoted(daemon_role) + ";\n";
      }
      sql += grants_on_table(spec.postgres, plan) + "\n";
    }
  }
  return sql;
}

Result<void> apply_migration(const Spec& spec, const std::string& daemon_role,
                             const SecretResolver& secrets) {
  TRY_ASSIGN(const auto connection, Connection::open(spec.postgres, secrets));
  const Duration timeout = spec.postgres.statement_timeout + std::chrono::seconds(2);
  auto done = connection->script("BEGIN; SET LOCAL lock_timeout = '2s'; " +
                                     migration_sql(spec, daemon_role) + " COMMIT",
                                 timeout);
  if (!done.ok()) return done.error().within("applying the migration; nothing was changed");
  if (done->tag() == "COMMIT") return {};
  return Error(Reaction::retry, "40000", "the migration was rolled back");
}

}  // namespace tallymill::postgres
