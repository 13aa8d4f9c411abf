#include "sink/postgres/readers.h"

#include <string_view>

namespace tallymill::postgres {
namespace {

std::string grants(const PostgresSpec& postgres, std::string_view schema, std::string_view relation) {
  std::string sql;
  for (const std::string& reader : postgres.readers) {
    // Everybody may use the schema public, unless its owner says otherwise.
    if (schema != "public") {
      sql += "GRANT USAGE ON SCHEMA " + quoted(schema) + " TO " + quoted(reader) + ";\n";
    }
    sql += "GRANT SELECT ON " + qualified(schema, relation) + " TO " + quoted(reader) + ";\n";
  }
  return sql;
}

Result<bool> all_can_read(const Session& session, Connection& connection, const std::string& schema,
                          const std::string& relation) {
  for (const std::string& reader : session.postgres().readers) {
    TRY_ASSIGN(const QueryResult rows,
               connection.query("SELECT coalesce(has_table_privilege(r, to_regclass($2), 'SELECT') AND "
                                "has_schema_privilege(r, (SELECT oid FROM pg_namespace WHERE nspname = "
                                "$3), 'USAGE'), false) FROM (SELECT $1::regrole::oid) reader(r)",
                                Params().text(quoted(reader)).text(qualified(schema, relation)).text(schema),
                                session.statement_timeout()));
    if (!rows.flag(0, 0)) return false;
  }
  return true;
}

Result<void> check_may_grant(const Session& session, Connection& connection, const std::string& schema,
                             const std::string& relation) {
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT coalesce(has_table_privilege(to_regclass($1), 'SELECT WITH GRANT "
                              "OPTION'), true), current_user",
                              Params().text(qualified(schema, relation)), session.statement_timeout()));
  if (rows.flag(0, 0)) return {};
  return Error(Reaction::stop, "42501",
               rows.text(0, 1) + " may let nobody else read " + schema + "." + relation +
                   "; have `tallymill migrate` run by its owner");
}

// What readers lack of a relation is added to `sql`.
Result<void> find_lacking(const Session& session, Connection& connection, const std::string& schema,
                          const std::string& relation, std::string& sql) {
  TRY_ASSIGN(const bool readable, all_can_read(session, connection, schema, relation));
  if (readable) return {};
  TRY(check_may_grant(session, connection, schema, relation));
  sql += grants(session.postgres(), schema, relation);
  return {};
}

}  // namespace

std::string grants_on_table(const PostgresSpec& postgres, const TablePlan& plan) {
  return grants(postgres, plan.schema, plan.table);
}

std::string grants_on_status(const PostgresSpec& postgres) {
  return grants(postgres, postgres.schema, "status");
}

Result<std::string> find_reader_grants(const Session& session, Connection& connection) {
  std::string sql;
  const auto find = [&]() -> Result<void> {
    TRY(find_lacking(session, connection, session.postgres().schema, "status", sql));
    for (const AggregationSpec& aggregation : session.pipeline().aggregations) {
      TRY(find_lacking(session, connection, aggregation.plan.schema, aggregation.plan.table, sql));
    }
    return {};
  }();
  if (!find.ok()) return find.error().within("granting SELECT to postgres.readers");
  return sql;
}

}  // namespace tallymill::postgres
