#include "sink/postgres/lookup_grants.h"

#include "sink/postgres/lookup_columns.h"

namespace tallymill::postgres {

std::string grants_on_lookup(const LookupSpec& lookup, const std::string& daemon_role, bool public_is_closed) {
  const TableName& table = *lookup.table;
  const std::string to_role = " TO " + quoted(daemon_role) + ";\n";
  std::string sql;
  if (table.schema != "public" || public_is_closed) sql = "GRANT USAGE ON SCHEMA " + quoted(table.schema) + to_role;
  std::string columns;
  for (const std::string& column : lookup_columns(lookup)) columns += (columns.empty() ? "" : ", ") + quoted(column);
  return sql + "GRANT SELECT (" + columns + ") ON " + qualified(table.schema, table.table) + to_role;
}

Result<std::string> find_lookup_grants(const Transactions& session, Connection& connection,
                                       const LookupSpec& lookup, const std::string& daemon_role) {
  const TableName& table = *lookup.table;
  std::string columns;
  for (const std::string& column : lookup_columns(lookup)) {
    columns += (columns.empty() ? "" : ", ") + literal(column);
  }
  TRY_ASSIGN(const QueryResult rows,
             connection.query(
                 "SELECT u.may AND (has_table_privilege($3::name, c.oid, 'SELECT') OR coalesce((SELECT "
                 "bool_and(has_column_privilege($3::name, c.oid, a.attnum, 'SELECT')) FROM pg_attribute a WHERE "
                 "a.attrelid = c.oid AND a.attname IN (" + columns + ")), false)), "
                 "(u.may OR has_schema_privilege(n.oid, 'USAGE WITH GRANT OPTION')) AND (pg_has_role(c.relowner, "
                 "'USAGE') OR has_table_privilege(c.oid, 'SELECT WITH GRANT OPTION')), u.may FROM pg_class c JOIN "
                 "pg_namespace n ON n.oid = c.relnamespace, LATERAL (SELECT has_schema_privilege($3::name, "
                 "n.oid, 'USAGE')) u(may) WHERE n.nspname = $1 AND c.relname = $2",
                 Params().text(table.schema).text(table.table).text(daemon_role),
                 session.statement_timeout()));
  if (rows.rows() == 0) {
    return Error(Reaction::stop, "lookup_table_missing", "there is no such table");
  }
  if (rows.flag(0, 0)) return std::string();
  const std::string sql = grants_on_lookup(lookup, daemon_role, !rows.flag(0, 2));
  if (rows.flag(0, 1)) return sql;
  return Error(Reaction::stop, "42501", "this role may not grant it; have its owner run\n  " + sql);
}

}  // namespace tallymill::postgres
