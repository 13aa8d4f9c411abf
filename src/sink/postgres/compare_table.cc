// Holds a table that exists against the plan.

#include <map>
#include <utility>

#include "sink/postgres/encode.h"
#include "sink/postgres/identifiers.h"
#include "sink/postgres/target_table.h"

namespace tallymill::postgres {
namespace {

struct ExistingColumn {
  std::string type;       // As format_type() spells it.
  std::string collation;  // Empty for types without one.
  bool deterministic = true;
  bool not_null = false;
  bool generated = false;
};

using Columns = std::map<std::string, ExistingColumn>;

std::string table_of(const TablePlan& plan) { return qualified(plan.schema, plan.table); }

std::string catalog_name(SqlType type) {
  return type == SqlType::timestamptz ? "timestamp with time zone" : std::string(sql_name(type));
}

Result<Columns> read_columns(Connection& connection, const TablePlan& plan, Duration timeout) {
  TRY_ASSIGN(const QueryResult rows,
             connection.query(
                 "SELECT a.attname, format_type(a.atttypid, a.atttypmod), coalesce(c.collname, ''), "
                 "coalesce(c.collisdeterministic, true), a.attnotnull, a.attgenerated <> '' "
                 "FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_collation c "
                 "ON c.oid = a.attcollation WHERE a.attrelid = $1::regclass AND a.attnum > 0 "
                 "AND NOT a.attisdropped",
                 Params().text(table_of(plan)), timeout));
  Columns columns;
  for (int i = 0; i < rows.rows(); ++i) {
    columns[rows.text(i, 0)] = {rows.text(i, 1), rows.text(i, 2), rows.flag(i, 3), rows.flag(i, 4),
                                rows.flag(i, 5)};
  }
  return columns;
}

// True if some unique index is over exactly the key, immediate, whole, and knows nulls as the plan
// does.
Result<bool> has_key_index(Connection& connection, const TablePlan& plan, Duration timeout) {
  std::string names;
  bool nullable = false;
  for (const KeyColumn& key : plan.key) {
    names += (names.empty() ? "" : ",") + literal(key.name);
    nullable = nullable || key.nullable;
  }
  if (names.empty()) names = literal(only_row_column);
  TRY_ASSIGN(const QueryResult rows,
             connection.query(
                 "SELECT 1 FROM pg_catalog.pg_index i WHERE i.indrelid = $1::regclass AND "
                 "i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL AND "
                 "i.indexprs IS NULL AND (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM "
                 "pg_catalog.pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY "
                 "(i.indkey)) = (SELECT array_agg(n ORDER BY n) FROM unnest(ARRAY[" + names +
                     "]::text[]) n)" + (nullable ? " AND i.indnullsnotdistinct" : ""),
                 Params().text(table_of(plan)), timeout));
  return rows.rows() > 0;
}

class Comparison {
 public:
  explicit Comparison(const TablePlan& plan) : plan_(plan) {}

  void column(const Columns& existing, const std::string& name, SqlType type, const char* rest) {
    const std::string alter = "ALTER TABLE " + table_of(plan_);
    const auto found = existing.find(name);
    if (found == existing.end()) {
      differs("column " + name + " is missing",
              alter + " ADD COLUMN " + quoted(name) + " " + std::string(sql_name(type)) + rest);
      return;
    }
    if (found->second.type != catalog_name(type)) {
      differs("column " + name + " is " + found->second.type + " and must be " + catalog_name(type),
              alter + " ALTER COLUMN " + quoted(name) + " TYPE " + std::string(sql_name(type)) +
                  (type == SqlType::text ? " COLLATE \"C\"" : ""));
    } else if (type == SqlType::text && found->second.collation != "C") {
      differs("column " + name + " has collation " + found->second.collation +
                  (found->second.deterministic ? "" : ", which is not deterministic,") +
                  " and must have \"C\"",
              alter + " ALTER COLUMN " + quoted(name) + " TYPE text COLLATE \"C\"");
    }
  }

  void differs(std::string what, std::string ddl) {
    differences_ += "\n  " + what;
    ddl_ += "\n  " + ddl + ";";
  }

  [[nodiscard]] Result<void> result() const {
    if (differences_.empty()) return {};
    return Error(Reaction::stop, "table_differs",
                 "table " + plan_.schema + "." + plan_.table + " is not as the configuration says:" +
                     differences_ + "\nthis would settle it:" + ddl_);
  }

 private:
  const TablePlan& plan_;
  std::string differences_;
  std::string ddl_;
};

}  // namespace

Result<void> compare_table(Connection& connection, const TablePlan& plan, Duration timeout) {
  TRY_ASSIGN(const Columns existing, read_columns(connection, plan, timeout));
  Comparison comparison(plan);
  std::string keys;
  for (const KeyColumn& key : plan.key) {
    comparison.column(existing, key.name, key.type, key.nullable ? "" : " NOT NULL");
    keys += (keys.empty() ? "" : ", ") + quoted(key.name);
  }
  if (plan.key.empty()) {
    comparison.column(existing, only_row_column, SqlType::boolean, " NOT NULL DEFAULT true");
    keys = quoted(only_row_column);
  }
  for (const PartColumn& part : plan.parts) {
    comparison.column(existing, part.name, part.type,
                      part.starts_at_zero ? " NOT NULL DEFAULT 0" : "");
  }
  for (const GeneratedColumn& column : plan.generated) {
    const std::string rule = " GENERATED ALWAYS AS (" + formula_sql(column.formula, column.type) +
                             ") STORED";
    comparison.column(existing, column.name, column.type, rule.c_str());
    const auto found = existing.find(column.name);
    if (found != existing.end() && !found->second.generated) {
      const std::string alter = "ALTER TABLE " + table_of(plan);
      comparison.differs("column " + column.name + " is not generated",
                         alter + " DROP COLUMN " + quoted(column.name) + "; " + alter +
                             " ADD COLUMN " + quoted(column.name) + " " +
                             std::string(sql_name(column.type)) + rule);
    }
  }
  TRY_ASSIGN(const bool has_index, has_key_index(connection, plan, timeout));
  if (!has_index) {
    bool nullable = false;
    for (const KeyColumn& key : plan.key) nullable = nullable || key.nullable;
    comparison.differs("no unique index is over exactly the key (" + keys + ")",
                       "CREATE UNIQUE INDEX ON " + table_of(plan) + " (" + keys + ")" +
                           (nullable ? " NULLS NOT DISTINCT" : ""));
  }
  return comparison.result();
}

}  // namespace tallymill::postgres
