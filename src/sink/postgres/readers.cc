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
               connection.query("SELECT has_table_privilege($1::name, $2::regclass, 'SELECT') AND "
                                "has_schema_privilege($1::name, $3, 'USAGE')",
                                Params().text(reader).text(qualified(schema, relation)).text(schema),
                                session.statement_timeout()));
    if (!rows.flag(0, 0)) return false;
  }
  return true;
}

Result<void> ensure(const Session& session, Connection& connection, const std::string& schema,
                    const std::string& relation) {
  TRY_ASSIGN(const bool readable, all_can_read(session, connection, schema, relation));
  if (readable) return {};
  TRY(connection.script(grants(session.postgres(), schema, relation), session.statement_timeout()));
  return {};
}

}  // namespace

std::string grants_on_table(const PostgresSpec& postgres, const TablePlan& plan) {
  return grants(postgres, plan.schema, plan.table);
}

std::string grants_on_status(const PostgresSpec& postgres) {
  return grants(postgres, postgres.schema, "status");
}

Result<void> grant_to_readers(const Session& session, Connection& connection) {
  if (session.postgres().readers.empty()) return {};
  const auto granted = [&]() -> Result<void> {
    TRY(ensure(session, connection, session.postgres().schema, "status"));
    for (const AggregationSpec& aggregation : session.pipeline().aggregations) {
      TRY(ensure(session, connection, aggregation.plan.schema, aggregation.plan.table));
    }
    return {};
  }();
  if (granted.ok()) return {};
  return granted.error().within("granting SELECT to postgres.readers");
}

}  // namespace tallymill::postgres
