#include "sink/postgres/ownership.h"

#include <optional>

#include "sink/postgres/ensure_schema.h"
#include "sink/postgres/pipeline_row.h"
#include "sink/postgres/privileges.h"
#include "sink/postgres/progress.h"
#include "sink/postgres/readers.h"
#include "sink/postgres/service_schema.h"
#include "sink/postgres/target_table.h"

namespace tallymill::postgres {
namespace {

std::string name_of(const TablePlan& plan) { return plan.schema + "." + plan.table; }

// One process at a time makes schema and tables; a transaction's lock needs no session.
Result<void> lock_ddl(const Session& session, Connection& connection) {
  TRY(connection.query("SELECT pg_advisory_xact_lock(hashtext($1))",
                       Params().text("tallymill " + session.postgres().schema),
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
  // Asked first: even one that is there would need the right to create schemas.
  TRY_ASSIGN(const bool schema_is_there, find_schema(session, connection, plan.schema));
  if (schema_is_there) {
    TRY(check_may_create_table(session, connection, plan.schema));
  } else {
    TRY(check_may_create_schema(session, connection, plan.schema));
  }
  TRY(connection.script((schema_is_there ? "" : create_schema_ddl(plan.schema)) +
                            create_table_ddl(plan),
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
                   " holds rows that no pipeline has counted; empty it, name another table, or count "
                   "anew in its place: tallymill reset");
}

// What the registration of an aggregation says, and what is there.
struct Standing {
  std::string registered_oid;     // Empty: not registered.
  std::string present_oid;        // Of the table of the configured name; empty: there is none.
  std::string registered_schema;  // Where the registered table is; empty: it is gone.
  std::string registered_table;
};

Result<Standing> find_table(const Session& session, Connection& connection,
                            const AggregationSpec& aggregation) {
  TRY_ASSIGN(const QueryResult found,
             connection.query("SELECT a.table_oid, to_regclass($3)::oid, s.nspname, c.relname FROM "
                              "(SELECT 1) one LEFT JOIN " + session.table("aggregation") +
                                  " a ON a.pipeline = $1 AND a.aggregation = $2 "
                                  "LEFT JOIN pg_class c ON c.oid = a.table_oid "
                                  "LEFT JOIN pg_namespace s ON s.oid = c.relnamespace",
                              Params()
                                  .text(session.pipeline().name)
                                  .text(aggregation.name)
                                  .text(qualified(aggregation.plan.schema, aggregation.plan.table)),
                              session.statement_timeout()));
  const auto text = [&found](int column) {
    return found.null(0, column) ? std::string() : found.text(0, column);
  };
  return Standing{text(0), text(1), text(2), text(3)};
}

// The statements that give the registered table its configured name back.
std::string rename_back(const TablePlan& plan, const Standing& standing) {
  std::string ddl;
  const auto alter = [&ddl](const std::string& schema, const std::string& table,
                            const std::string& change) {
    ddl += "\n  ALTER TABLE " + qualified(schema, table) + " " + change + ";";
  };
  if (!standing.present_oid.empty()) {
    constexpr std::size_t longest = 57;  // With what follows it still is a name.
    alter(plan.schema, plan.table, "RENAME TO " + quoted(plan.table.substr(0, longest) + "_aside"));
  }
  if (standing.registered_schema != plan.schema) {
    alter(standing.registered_schema, standing.registered_table,
          "SET SCHEMA " + quoted(plan.schema));
  }
  if (standing.registered_table != plan.table) {
    alter(plan.schema, standing.registered_table, "RENAME TO " + quoted(plan.table));
  }
  return ddl;
}

// Fails with Reaction::stop if the table that was counted into is not the one of that name.
Result<void> check_identity(const Session& session, const AggregationSpec& aggregation,
                            const Standing& standing) {
  if (standing.registered_oid.empty() || standing.registered_oid == standing.present_oid) return {};
  const std::string name = name_of(aggregation.plan);
  const std::string relation = qualified(aggregation.plan.schema, aggregation.plan.table);
  const std::string of = " of aggregation " + aggregation.name;
  if (!standing.registered_table.empty()) {
    return Error(Reaction::stop, "table_renamed",
                 "table " + name + of + " was renamed: it is " + standing.registered_schema + "." +
                     standing.registered_table +
                     (standing.present_oid.empty() ? "" : ", and another table has its name") +
                     "; rename it back:" + rename_back(aggregation.plan, standing));
  }
  const std::string anew = "count anew: tallymill reset";
  if (standing.present_oid.empty()) {
    return Error(Reaction::stop, "table_gone",
                 "table " + name + of + " is gone, but its checkpoint is there; restore both from "
                 "one backup, or " + anew);
  }
  return Error(Reaction::stop, "table_replaced",
               "table " + name + " is not the one that aggregation " + aggregation.name +
                   " was counted into: it was dropped and made anew. If table and checkpoint were "
                   "restored from one backup, say so:\n  UPDATE " + session.table("aggregation") +
                   " SET table_oid = " + literal(relation) + "::regclass WHERE pipeline = " +
                   literal(session.pipeline().name) + " AND aggregation = " +
                   literal(aggregation.name) + ";\nelse " + anew);
}

Result<void> register_table(const Session& session, Connection& connection,
                            const AggregationSpec& aggregation, const std::string& table_oid) {
  TRY(connection.query("INSERT INTO " + session.table("aggregation") +
                           " (pipeline, aggregation, fingerprint, table_schema, table_name, "
                           "table_oid) VALUES ($1, $2, $3, $4, $5, $6::oid)",
                       Params()
                           .text(session.pipeline().name)
                           .text(aggregation.name)
                           .text(aggregation.fingerprint)
                           .text(aggregation.plan.schema)
                           .text(aggregation.plan.table)
                           .text(table_oid),
                       session.statement_timeout()));
  return {};
}

Result<void> ensure_table(const Session& session, Connection& connection,
                          const AggregationSpec& aggregation) {
  const TablePlan& plan = aggregation.plan;
  // No name in a schema that the role may not use can be looked up.
  TRY(find_schema(session, connection, plan.schema));
  TRY_ASSIGN(Standing standing, find_table(session, connection, aggregation));
  TRY(check_identity(session, aggregation, standing));
  if (standing.present_oid.empty()) {
    TRY(create_table(session, connection, plan));
    TRY_ASSIGN(standing, find_table(session, connection, aggregation));
    return register_table(session, connection, aggregation, standing.present_oid);
  }
  TRY(check_target_table(session, connection, plan));
  if (standing.registered_oid.empty()) {
    TRY(adopt(session, connection, plan, standing.present_oid));
  }
  TRY(compare_table(connection, plan, session.statement_timeout()));
  if (!standing.registered_oid.empty()) return {};
  return register_table(session, connection, aggregation, standing.present_oid);
}

// For a configuration that waits for its turn: what would stop it then stops it now, while another one
// counts.
Result<void> compare_tables(const Session& session, Connection& connection) {
  for (const AggregationSpec& aggregation : session.pipeline().aggregations) {
    TRY_ASSIGN(const Standing standing, find_table(session, connection, aggregation));
    if (standing.present_oid.empty()) continue;
    TRY(compare_table(connection, aggregation.plan, session.statement_timeout()));
  }
  return {};
}

// All that a start does before its first fetch, up to its COMMIT.
Result<Progress> open_uncommitted(const Session& session, Connection& connection) {
  TRY(session.begin(connection));
  TRY(lock_ddl(session, connection));
  TRY(ensure_schema(session, connection));
  TRY_ASSIGN(const Binding binding, ensure_pipeline(session, connection));
  TRY(connection.pass("start.migrate_mid"));
  TRY(binding == Binding::bound ? ensure_tables(session, connection)
                                : compare_tables(session, connection));
  return read_progress(session, connection);
}

}  // namespace

Result<void> ensure_tables(const Session& session, Connection& connection) {
  for (const AggregationSpec& aggregation : session.pipeline().aggregations) {
    TRY(ensure_table(session, connection, aggregation));
  }
  if (session.postgres().ddl == DdlPolicy::apply) TRY(grant_to_readers(session, connection));
  return {};
}

Result<Progress> open_pipeline(Session& session, Connection& connection) {
  TRY(connection.pass("start.pg_connected"));
  TRY_ASSIGN(Progress progress, open_uncommitted(session, connection));
  TRY(session.commit(connection));
  return progress;
}

Result<void> rehearse_opening(Session& session, Connection& connection) {
  const auto opened = open_uncommitted(session, connection);
  session.rollback();
  TRY(opened);
  return {};
}

}  // namespace tallymill::postgres
