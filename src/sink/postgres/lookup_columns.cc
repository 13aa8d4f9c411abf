#include "sink/postgres/lookup_columns.h"

#include <algorithm>
#include <array>

#include "sink/postgres/privileges.h"

namespace tallymill::postgres {
namespace {

// By the numbers that Postgres gives them. A key's text is what an expression compares with: no type whose
// equal values can be spelt in two ways, as numeric's 1 and 1.0.
constexpr std::array<std::int64_t, 6> key_types{20, 21, 23, 25, 1043, 2950};
constexpr const char* key_type_names = "text, varchar, smallint, integer, bigint, uuid or an enum";
// boolean, char(n), date, real, double precision, numeric.
constexpr std::array<std::int64_t, 6> more_types{16, 1042, 1082, 700, 701, 1700};

template <class Types>
bool holds(const Types& types, std::int64_t type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

Error missing(const TableName& table) {
  return {Reaction::stop, "lookup_table_missing",
          "there is no table " + table.str() + "; create it, or correct the lookup's `table`"};
}

// What is wrong with the column in this row: name, number, type as it is called, type's number, kind.
Result<void> check_column(const QueryResult& rows, int row, const LookupSpec& lookup) {
  const std::string name = rows.text(row, 0);
  const std::string table = lookup.table->str();
  if (rows.null(row, 1)) {
    return Error(Reaction::stop, "lookup_column",
                 "table " + table + " has no column " + name +
                     (name == lookup.key ? ", which is the key" : ", which an expression asks for"));
  }
  const std::int64_t type = rows.number(row, 3);
  if (holds(key_types, type) || rows.text(row, 4) == "e") return {};
  if (name != lookup.key && holds(more_types, type)) return {};
  const std::string what = "column " + name + " of table " + table + " is of type " + rows.text(row, 2);
  if (name == lookup.key) {
    return Error(Reaction::stop, "lookup_type",
                 what + "; a key is " + key_type_names + ": name a view that casts it to one of them");
  }
  return Error(Reaction::stop, "lookup_type",
               what + ", whose text depends on settings; name a view that casts it to text, or formats it");
}

}  // namespace

std::vector<std::string> lookup_columns(const LookupSpec& lookup) {
  std::vector<std::string> columns = lookup.columns;
  columns.push_back(lookup.key);
  std::sort(columns.begin(), columns.end());
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  return columns;
}

Result<void> check_lookup_table(const Transactions& session, Connection& connection,
                                const LookupSpec& lookup) {
  const TableName& table = *lookup.table;
  TRY_ASSIGN(const bool has_schema, find_schema(session, connection, table.schema));
  if (!has_schema) return missing(table);
  TRY_ASSIGN(const QueryResult found,
             connection.query("SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                              "WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind = ANY ('{r,p,v,m,f}')",
                              Params().text(table.schema).text(table.table), session.statement_timeout()));
  if (found.rows() == 0) return missing(table);
  const std::vector<std::string> columns = lookup_columns(lookup);
  std::string names;
  for (const std::string& column : columns) names += (names.empty() ? "(" : ", (") + literal(column) + ")";
  // A domain's values are spelt as those of the type that it restricts, which may be a domain itself.
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT w.name, a.attnum, format_type(a.atttypid, a.atttypmod), b.oid, b.typtype "
                              "FROM (VALUES " + names + ") w(name) LEFT JOIN pg_attribute a ON a.attrelid = "
                              "$1::oid AND a.attname = w.name AND a.attnum > 0 AND NOT a.attisdropped "
                              "LEFT JOIN LATERAL (WITH RECURSIVE base(oid, typtype, typbasetype) AS (SELECT oid, "
                              "typtype, typbasetype FROM pg_type WHERE oid = a.atttypid UNION ALL SELECT t.oid, "
                              "t.typtype, t.typbasetype FROM base d JOIN pg_type t ON t.oid = d.typbasetype WHERE "
                              "d.typtype = 'd') SELECT oid, typtype FROM base WHERE typtype <> 'd') b ON true "
                              "ORDER BY 1",
                              Params().text(found.text(0, 0)), session.statement_timeout()));
  for (int row = 0; row < rows.rows(); ++row) TRY(check_column(rows, row, lookup));
  return check_may_read(session, connection, table, columns);
}

Result<void> check_lookup_tables(const Transactions& session, Connection& connection,
                                 const PipelineSpec& pipeline) {
  for (const LookupSpec& lookup : pipeline.lookups) {
    if (!lookup.reads_table()) continue;
    if (auto sound = check_lookup_table(session, connection, lookup); !sound.ok()) {
      return sound.error().within("lookup " + lookup.name);
    }
  }
  return {};
}

}  // namespace tallymill::postgres
