#include "sink/postgres/table_standing.h"

namespace tallymill::postgres {
namespace {

std::string name_of(const TablePlan& plan) { return plan.schema + "." + plan.table; }

struct Owner {
  std::string pipeline;
  std::string aggregation;
};

Result<std::optional<Owner>> owner_of(const Session& session, Connection& connection,
                                      const std::string& table_oid, const Registrations& registrations) {
  if (!registrations.are_there) return std::optional<Owner>();
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT pipeline, aggregation FROM " + session.table("aggregation") +
                                  " WHERE table_oid = $1::oid AND ($3::boolean OR pipeline <> $2)",
                              Params()
                                  .text(table_oid)
                                  .text(registrations.pipeline)
                                  .text(registrations.stay ? "true" : "false"),
                              session.statement_timeout()));
  if (rows.rows() == 0) return std::optional<Owner>();
  return std::optional<Owner>(Owner{rows.text(0, 0), rows.text(0, 1)});
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

}  // namespace

Result<Standing> find_standing(const Session& session, Connection& connection,
                               const AggregationSpec& aggregation,
                               const Registrations& registrations) {
  const std::string relation = qualified(aggregation.plan.schema, aggregation.plan.table);
  if (!registrations.are_there) {
    TRY_ASSIGN(const QueryResult found,
               connection.query("SELECT to_regclass($1)::oid", Params().text(relation),
                                session.statement_timeout()));
    return Standing{{}, found.null(0, 0) ? "" : found.text(0, 0), {}, {}, {}};
  }
  TRY_ASSIGN(const QueryResult found,
             connection.query("SELECT a.table_oid, to_regclass($3)::oid, s.nspname, c.relname, a.fingerprint FROM "
                              "(SELECT 1) one LEFT JOIN " + session.table("aggregation") +
                                  " a ON a.pipeline = $1 AND a.aggregation = $2 AND $4::boolean "
                                  "LEFT JOIN pg_class c ON c.oid = a.table_oid "
                                  "LEFT JOIN pg_namespace s ON s.oid = c.relnamespace",
                              Params()
                                  .text(registrations.pipeline)
                                  .text(aggregation.name)
                                  .text(relation)
                                  .text(registrations.stay ? "true" : "false"),
                              session.statement_timeout()));
  const auto text = [&found](int column) {
    return found.null(0, column) ? std::string() : found.text(0, column);
  };
  return Standing{text(0), text(1), text(2), text(3), text(4)};
}

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

Result<void> check_adoptable(const Session& session, Connection& connection, const TablePlan& plan,
                             const Standing& standing, const Registrations& registrations) {
  TRY_ASSIGN(const std::optional<Owner> owner,
             owner_of(session, connection, standing.present_oid, registrations));
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

}  // namespace tallymill::postgres
