#include "sink/postgres/privileges.h"

#include <array>
#include <string_view>
#include <utility>

namespace tallymill::postgres {
namespace {

// What the daemon does with each of its tables.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> uses{{
    {"schema_version", "SELECT"},
    {"pipeline", "SELECT INSERT UPDATE"},
    {"aggregation", "SELECT INSERT UPDATE DELETE"},
    {"checkpoint", "SELECT INSERT UPDATE DELETE"},
    {"batch", "SELECT INSERT DELETE"},
    {"dead_letter", "SELECT INSERT UPDATE DELETE"},
    {"gap", "SELECT INSERT"},
    {"lookup_version", "SELECT INSERT UPDATE DELETE"},
    {"instance", "SELECT INSERT UPDATE DELETE"},
}};

Error lacking(const std::string& what, const std::string& grants) {
  return {Reaction::stop, "42501", "the daemon's role lacks privileges on " + what + ":" + grants};
}

std::string grant(const std::string& privileges, const std::string& object, const std::string& role) {
  return "\n  GRANT " + privileges + " ON " + object + " TO " + quoted(role) + ";";
}

// `wanted`: rows of VALUES, each a relation and the privileges on it, as constants.
Result<void> check_relations(const Transactions& session, Connection& connection,
                             const std::string& what, const std::string& wanted) {
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT w.relation, string_agg(p.name, ', ' ORDER BY p.nth), "
                              "current_user FROM (VALUES " + wanted + ") w(relation, privileges), "
                              "string_to_table(w.privileges, ' ') WITH ORDINALITY p(name, nth) WHERE "
                              "NOT has_table_privilege(to_regclass(w.relation), p.name) GROUP BY 1 "
                              "ORDER BY 1",
                              Params(), session.statement_timeout()));
  if (rows.rows() == 0) return {};
  std::string grants;
  for (int i = 0; i < rows.rows(); ++i) {
    grants += grant(rows.text(i, 1), rows.text(i, 0), rows.text(i, 2));
  }
  return lacking(what, grants);
}

std::string row(const std::string& relation, std::string_view privileges) {
  return "(" + literal(relation) + ", " + literal(privileges) + ")";
}

}  // namespace

Result<bool> find_schema(const Transactions& session, Connection& connection,
                         const std::string& schema) {
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT has_schema_privilege(oid, 'USAGE'), current_user FROM "
                              "pg_namespace WHERE nspname = $1",
                              Params().text(schema), session.statement_timeout()));
  if (rows.rows() == 0) return false;
  if (rows.flag(0, 0)) return true;
  return lacking("schema " + schema, grant("USAGE", "SCHEMA " + quoted(schema), rows.text(0, 1)));
}

Result<void> check_may_create_schema(const Transactions& session, Connection& connection,
                                     const std::string& schema) {
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT has_database_privilege(current_database(), 'CREATE'), "
                              "current_database(), current_user",
                              Params(), session.statement_timeout()));
  if (rows.flag(0, 0)) return {};
  return lacking("database " + rows.text(0, 1) + ", where schema " + schema + " is to be made",
                 grant("CREATE", "DATABASE " + quoted(rows.text(0, 1)), rows.text(0, 2)) +
                     "\nor have what `tallymill migrate --sql` prints run by a role that has them");
}

Result<void> check_may_create_table(const Transactions& session, Connection& connection,
                                    const std::string& schema) {
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT has_schema_privilege($1, 'CREATE'), current_user",
                              Params().text(schema), session.statement_timeout()));
  if (rows.flag(0, 0)) return {};
  return lacking("schema " + schema + ", where tables are to be made",
                 grant("CREATE", "SCHEMA " + quoted(schema), rows.text(0, 1)) +
                     "\nor have what `tallymill migrate --sql` prints run by a role that has them");
}

Result<void> check_may_alter(const Transactions& session, Connection& connection,
                             const std::string& relation) {
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT pg_has_role(relowner, 'USAGE'), relowner::regrole, current_user "
                              "FROM pg_class WHERE oid = $1::regclass",
                              Params().text(relation), session.statement_timeout()));
  if (rows.flag(0, 0)) return {};
  return Error(Reaction::stop, "42501",
               "only its owner, " + rows.text(0, 1) + ", may alter table " + relation + ", and " +
                   rows.text(0, 2) + " is not; have `tallymill migrate` run by its owner");
}

Result<void> check_service_tables(const Transactions& session, Connection& connection) {
  std::string wanted;
  for (const auto& [table, privileges] : uses) {
    wanted += (wanted.empty() ? "" : ", ") + row(session.table(table), privileges);
  }
  return check_relations(session, connection, "its own tables", wanted);
}

Result<void> check_target_table(const Transactions& session, Connection& connection,
                                const TablePlan& plan) {
  const char* const privileges =
      plan.retention ? "SELECT INSERT UPDATE DELETE" : "SELECT INSERT UPDATE";
  return check_relations(session, connection, "table " + plan.schema + "." + plan.table,
                         row(qualified(plan.schema, plan.table), privileges));
}

Result<void> check_may_read(const Transactions& session, Connection& connection, const TableName& table,
                            const std::vector<std::string>& columns) {
  const std::string relation = qualified(table.schema, table.table);
  std::string wanted;
  std::string names;
  for (const std::string& column : columns) {
    wanted += (wanted.empty() ? "" : ", ") + row(relation, column);
    names += (names.empty() ? "" : ", ") + quoted(column);
  }
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT current_user FROM (VALUES " + wanted + ") w(relation, name) WHERE NOT "
                              "has_column_privilege(w.relation, w.name, 'SELECT') LIMIT 1",
                              Params(), session.statement_timeout()));
  if (rows.rows() == 0) return {};
  return lacking("table " + table.str() + ", which a lookup reads", grant("SELECT (" + names + ")", relation, rows.text(0, 0)));
}

}  // namespace tallymill::postgres
