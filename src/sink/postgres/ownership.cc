#include "sink/postgres/ownership.h"

#include <optional>

#include "sink/postgres/migration.h"
#include "sink/postgres/progress.h"
#include "sink/postgres/service_schema.h"
#include "sink/postgres/target_table.h"

namespace tallymill::postgres {
namespace {

std::string name_of(const TablePlan& plan) { return plan.schema + "." + plan.table; }

Result<bool> relation_exists(const Session& session, Connection& connection,
                             const std::string& relation) {
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT to_regclass($1) IS NOT NULL", Params().text(relation),
                              session.statement_timeout()));
  return rows.flag(0, 0);
}

Result<void> ensure_schema(const Session& session, Connection& connection) {
  TRY_ASSIGN(const bool there,
             relation_exists(session, connection, session.table("schema_version")));
  if (!there) {
    if (session.postgres().ddl == DdlPolicy::check) {
      return Error(Reaction::stop, "schema_missing",
                   "schema " + session.postgres().schema +
                       " is missing and postgres.ddl is check; have `tallymill migrate` or the "
                       "output of `tallymill migrate --sql` run by a role that may create it");
    }
    TRY(connection.script(service_schema_ddl(session.postgres().schema),
                          session.statement_timeout()));
  }
  TRY_ASSIGN(const QueryResult version,
             connection.query("SELECT version FROM " + session.table("schema_version"), Params(),
                              session.statement_timeout()));
  if (version.rows() == 1 && version.number(0, 0) == schema_version) return {};
  return Error(Reaction::stop, "schema_version",
               "schema " + session.postgres().schema +
                   " was made by another version of tallymill; this one knows version " +
                   std::to_string(schema_version));
}

// One process at a time makes schema and tables; a transaction's lock needs no session.
Result<void> lock_ddl(const Session& session, Connection& connection) {
  TRY(connection.query("SELECT pg_advisory_xact_lock(hashtext($1))",
                       Params().text("tallymill " + session.postgres().schema),
                       session.statement_timeout()));
  return {};
}

Result<void> ensure_pipeline(const Session& session, Connection& connection) {
  const PipelineSpec& pipeline = session.pipeline();
  const std::string table = session.table("pipeline");
  if (pipeline.renamed_from) {
    TRY(connection.query("UPDATE " + table + " SET pipeline = $1 WHERE pipeline = $2 AND NOT EXISTS "
                         "(SELECT 1 FROM " + table + " WHERE pipeline = $1)",
                         Params().text(pipeline.name).text(*pipeline.renamed_from),
                         session.statement_timeout()));
  }
  TRY(connection.query("INSERT INTO " + table + " (pipeline, fingerprint) VALUES ($1, $2) "
                       "ON CONFLICT DO NOTHING",
                       Params().text(pipeline.name).text(pipeline.fingerprint),
                       session.statement_timeout()));
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT fingerprint, batch_sequence FROM " + table +
                                  " WHERE pipeline = $1 FOR UPDATE",
                              Params().text(pipeline.name), session.statement_timeout()));
  if (rows.text(0, 0) == pipeline.fingerprint) return {};
  const bool counted = rows.number(0, 1) > 0;
  if (counted) {
    return Error(Reaction::stop, "config_changed",
                 "pipeline " + pipeline.name + ": the configuration changes what is counted, but " +
                     std::to_string(rows.number(0, 1)) +
                     " batches were counted with the former one; give the pipeline and its tables "
                     "new names to count anew beside the old ones, or put the former one back");
  }
  TRY(connection.query("UPDATE " + table + " SET fingerprint = $2 WHERE pipeline = $1",
                       Params().text(pipeline.name).text(pipeline.fingerprint),
                       session.statement_timeout()));
  return {};
}

struct Owner {
  std::string pipeline;
  std::string aggregation;
};

Result<std::optional<Owner>> owner_of(const Session& session, Connection& connection,
                                      const std::string& table_oid) {
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT pipeline, aggregation FROM " + session.table("aggregation") +
                                  " WHERE table_oid = $1::oid",
                              Params().text(table_oid), session.statement_timeout()));
  if (rows.rows() == 0) return std::optional<Owner>();
  return std::optional<Owner>(Owner{rows.text(0, 0), rows.text(0, 1)});
}

Result<void> create_table(const Session& session, Connection& connection, const TablePlan& plan) {
  if (session.postgres().ddl == DdlPolicy::check) {
    return Error(Reaction::stop, "table_missing",
                 "table " + name_of(plan) + " is missing and postgres.ddl is check; create it:\n" +
                     create_table_ddl(plan));
  }
  std::string ddl = "CREATE SCHEMA IF NOT EXISTS " + quoted(plan.schema) + ";";
  if (plan.schema == "public") ddl.clear();
  TRY(connection.script(ddl + create_table_ddl(plan) + grants_to_readers(session.postgres(), plan),
                        session.statement_timeout()));
  return {};
}

// A table that nobody owns may be adopted only while it is empty.
Result<void> adopt(const Session& session, Connection& connection, const TablePlan& plan,
                   const std::string& table_oid) {
  TRY_ASSIGN(const std::optional<Owner> owner, owner_of(session, connection, table_oid));
  if (owner) {
    return Error(Reaction::stop, "table_owned",
                 "table " + name_of(plan) + " belongs to aggregation " + owner->aggregation +
                     " of pipeline " + owner->pipeline +
                     "; name another table, or say renamed_from if this is that pipeline");
  }
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT EXISTS (SELECT 1 FROM " + qualified(plan.schema, plan.table) +
                                  ")",
                              Params(), session.statement_timeout()));
  if (!rows.flag(0, 0)) return {};
  return Error(Reaction::stop, "table_not_empty",
               "table " + name_of(plan) +
                   " holds rows that no pipeline has counted; empty it, or name another table");
}

Result<void> ensure_table(const Session& session, Connection& connection,
                          const AggregationSpec& aggregation) {
  const TablePlan& plan = aggregation.plan;
  const std::string relation = qualified(plan.schema, plan.table);
  TRY_ASSIGN(const QueryResult known,
             connection.query("SELECT table_oid, to_regclass($3)::oid FROM (SELECT 1) one LEFT JOIN " +
                                  session.table("aggregation") +
                                  " ON pipeline = $1 AND aggregation = $2",
                              Params().text(session.pipeline().name).text(aggregation.name).text(relation),
                              session.statement_timeout()));
  const bool registered = !known.null(0, 0);
  const bool exists = !known.null(0, 1);
  if (registered && !exists) {
    return Error(Reaction::stop, "table_gone",
                 "table " + name_of(plan) + " of aggregation " + aggregation.name +
                     " is gone, but its checkpoint is there; restore both from a backup, or give "
                     "the pipeline a new name to count from the start");
  }
  if (registered && known.text(0, 0) != known.text(0, 1)) {
    return Error(Reaction::stop, "table_replaced",
                 "table " + name_of(plan) + " is not the one that aggregation " + aggregation.name +
                     " was counted into: it was dropped and made anew; restore it, or give the "
                     "pipeline a new name to count from the start");
  }
  if (!exists) TRY(create_table(session, connection, plan));
  TRY_ASSIGN(const QueryResult made,
             connection.query("SELECT $1::regclass::oid", Params().text(relation),
                              session.statement_timeout()));
  if (exists && !registered) TRY(adopt(session, connection, plan, made.text(0, 0)));
  if (exists) TRY(compare_table(connection, plan, session.statement_timeout()));
  if (registered) return {};
  TRY(connection.query("INSERT INTO " + session.table("aggregation") +
                           " (pipeline, aggregation, fingerprint, table_schema, table_name, "
                           "table_oid) VALUES ($1, $2, $3, $4, $5, $6::oid)",
                       Params()
                           .text(session.pipeline().name)
                           .text(aggregation.name)
                           .text(aggregation.fingerprint)
                           .text(plan.schema)
                           .text(plan.table)
                           .text(made.text(0, 0)),
                       session.statement_timeout()));
  return {};
}

}  // namespace

Result<Progress> open_pipeline(Session& session, Connection& connection) {
  TRY(session.begin(connection));
  TRY(lock_ddl(session, connection));
  TRY(ensure_schema(session, connection));
  TRY(ensure_pipeline(session, connection));
  for (const AggregationSpec& aggregation : session.pipeline().aggregations) {
    TRY(ensure_table(session, connection, aggregation));
  }
  TRY_ASSIGN(Progress progress, read_progress(session, connection));
  TRY(session.commit(connection));
  return progress;
}

}  // namespace tallymill::postgres
