// Holds a table that exists against the plan.

#include <map>
#include <utility>

#include "base/log.h"
#include "sink/postgres/connection.h"
#include "sink/postgres/encode.h"
#include "sink/postgres/identifiers.h"
#include "sink/postgres/sample_rows.h"
#include "sink/postgres/table_difference.h"
#include "sink/postgres/target_table.h"

namespace tallymill::postgres {
namespace {

struct ExistingColumn {
  std::string type;       // As format_type() spells it.
  std::string collation;  // Empty for types without one.
  bool not_null = false;
  bool has_default = false;     // Or is an identity column.
  std::string generated_as;     // The rule of a generated column, else empty.
};

using Columns = std::map<std::string, ExistingColumn>;

std::string table_of(const TablePlan& plan) { return qualified(plan.schema, plan.table); }

std::string catalog_name(SqlType type) {
  return type == SqlType::timestamptz ? "timestamp with time zone" : std::string(sql_name(type));
}

std::string column_type(SqlType type) {
  return std::string(sql_name(type)) + (type == SqlType::text ? " COLLATE \"C\"" : "");
}

bool any_nullable(const TablePlan& plan) {
  for (const KeyColumn& key : plan.key) {
    if (key.nullable) return true;
  }
  return false;
}

std::string key_list(const TablePlan& plan, std::string (*spelled)(std::string_view)) {
  std::string names;
  for (const KeyColumn& key : plan.key) names += (names.empty() ? "" : ", ") + spelled(key.name);
  return names.empty() ? spelled(only_row_column) : names;
}

Result<Columns> read_columns(Connection& connection, const TablePlan& plan, Duration timeout) {
  TRY_ASSIGN(const QueryResult rows,
             connection.query(
                 "SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), "
                 "coalesce(c.collname, ''), a.attnotnull, "
                 "a.attgenerated = '' AND (d.adbin IS NOT NULL OR a.attidentity <> ''), "
                 "CASE WHEN a.attgenerated <> '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) "
                 "ELSE '' END "
                 "FROM pg_catalog.pg_attribute a "
                 "LEFT JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation "
                 "LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
                 "WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped",
                 Params().text(table_of(plan)), timeout));
  Columns columns;
  for (int i = 0; i < rows.rows(); ++i) {
    columns[rows.text(i, 0)] = {rows.text(i, 1), rows.text(i, 2), rows.flag(i, 3), rows.flag(i, 4),
                                rows.text(i, 5)};
  }
  return columns;
}

Result<bool> is_table(Connection& connection, const TablePlan& plan, Duration timeout) {
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT relkind IN ('r', 'p') FROM pg_catalog.pg_class WHERE oid = "
                              "$1::regclass",
                              Params().text(table_of(plan)), timeout));
  return rows.rows() == 1 && rows.flag(0, 0);
}

// True if some unique index is over exactly the key, immediate, whole, in the columns' own
// collations, and knows nulls as the plan does.
Result<bool> has_key_index(Connection& connection, const TablePlan& plan, Duration timeout) {
  TRY_ASSIGN(
      const QueryResult rows,
      connection.query(
          "SELECT 1 FROM pg_catalog.pg_index i WHERE i.indrelid = $1::regclass AND i.indisunique "
          "AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL AND "
          "(SELECT array_agg(a.attname::text ORDER BY a.attname) FROM generate_series(0, "
          "i.indnkeyatts - 1) n JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND "
          "a.attnum = i.indkey[n] AND a.attcollation = i.indcollation[n]) = (SELECT array_agg(k "
          "ORDER BY k COLLATE \"C\") FROM unnest(ARRAY[" + key_list(plan, &literal) +
              "]::text[]) k)" + (any_nullable(plan) ? " AND i.indnullsnotdistinct" : ""),
          Params().text(table_of(plan)), timeout));
  return rows.rows() > 0;
}

// Every batch changes the parts: an index on one makes each of those updates many times dearer.
Result<void> warn_of_indexed_parts(Connection& connection, const TablePlan& plan, Duration timeout) {
  std::string names;
  for (const PartColumn& part : plan.parts) names += (names.empty() ? "" : ", ") + literal(part.name);
  if (names.empty()) return {};
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT i.indexrelid::regclass::text FROM pg_catalog.pg_index i JOIN "
                              "pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY "
                              "(i.indkey) WHERE i.indrelid = $1::regclass AND a.attname IN (" + names +
                                  ") LIMIT 1",
                              Params().text(table_of(plan)), timeout));
  if (rows.rows() == 0) return {};
  log_warn("an index holds a column that every batch changes; without it commits are faster and the "
           "table stays smaller",
           {{"table", plan.schema + "." + plan.table}, {"index", rows.text(0, 0)}});
  return {};
}

class Comparison {
 public:
  Comparison(const TablePlan& plan, const Columns& existing)
      : plan_(plan), existing_(existing), alter_("ALTER TABLE " + table_of(plan) + " ") {}

  // `rest`: what follows the type where the column has to be added.
  void stored_column(const std::string& name, SqlType type, const std::string& rest) {
    const auto found = existing_.find(name);
    if (found == existing_.end()) return missing(name, column_type(type) + rest);
    if (!found->second.generated_as.empty()) {
      return differs("column " + name + " is generated and must hold values",
                     "ALTER COLUMN " + quoted(name) + " DROP EXPRESSION");
    }
    const std::string& has = found->second.type;
    const std::string change = "ALTER COLUMN " + quoted(name) + " TYPE " + column_type(type) +
                               " USING " + quoted(name) + "::" + std::string(sql_name(type));
    if (has != catalog_name(type)) {
      differs("column " + name + " is " + has + " and must be " + catalog_name(type), change);
    } else if (type == SqlType::text && found->second.collation != "C") {
      differs("column " + name + " has collation " + found->second.collation + " and must have \"C\"",
              change);
    }
  }

  void nullable(const std::string& name) {
    const auto found = existing_.find(name);
    if (found == existing_.end() || !found->second.not_null) return;
    differs("column " + name + " must take nulls",
            "ALTER COLUMN " + quoted(name) + " DROP NOT NULL");
  }

  void not_null(const std::string& name) {
    const auto found = existing_.find(name);
    if (found == existing_.end() || found->second.not_null) return;
    differs("column " + name + " must not take nulls",
            "ALTER COLUMN " + quoted(name) + " SET NOT NULL, ALTER COLUMN " + quoted(name) +
                " SET DEFAULT 0");
  }

  // A column that this process never writes must not need to be written.
  void foreign_column(const std::string& name) {
    const ExistingColumn& column = existing_.at(name);
    if (!column.not_null || column.has_default || !column.generated_as.empty()) return;
    differs("column " + name + " is not in the configuration and takes neither null nor a default",
            "ALTER COLUMN " + quoted(name) + " DROP NOT NULL");
  }

  void generated(const GeneratedColumn& column, bool same_rule) {
    const std::string definition = std::string(sql_name(column.type)) + " GENERATED ALWAYS AS (" +
                                   formula_sql(column.formula, column.type) + ") STORED";
    const auto found = existing_.find(column.name);
    if (found == existing_.end()) return missing(column.name, definition);
    if (same_rule && found->second.type == catalog_name(column.type)) return;
    differs("column " + column.name + " is not generated as the configuration says",
            "DROP COLUMN " + quoted(column.name) + ", ADD COLUMN " + quoted(column.name) + " " + definition);
  }

  void no_key_index() {
    differences_.push_back(
        {"no unique index is over exactly the key (" + key_list(plan_, &quoted) + ")" +
             (any_nullable(plan_) ? " with nulls not distinct" : ""),
         "CREATE UNIQUE INDEX ON " + table_of(plan_) + " (" + key_list(plan_, &quoted) + ")" +
             (any_nullable(plan_) ? " NULLS NOT DISTINCT;" : ";"),
         {}, {}});
  }

  [[nodiscard]] std::vector<Difference> take() { return std::move(differences_); }

 private:
  void differs(const std::string& what, const std::string& change) {
    differences_.push_back({what, alter_ + change + ";", {}, {}});
  }
  void missing(const std::string& name, const std::string& definition) {
    differences_.push_back({"column " + name + " is missing",
                            alter_ + "ADD COLUMN " + quoted(name) + " " + definition + ";", name,
                            definition});
  }

  const TablePlan& plan_;
  const Columns& existing_;
  const std::string alter_;
  std::vector<Difference> differences_;
};

bool in_plan(const TablePlan& plan, const std::string& name) {
  for (const KeyColumn& key : plan.key) {
    if (key.name == name) return true;
  }
  for (const PartColumn& part : plan.parts) {
    if (part.name == name) return true;
  }
  for (const GeneratedColumn& column : plan.generated) {
    if (column.name == name) return true;
  }
  return plan.key.empty() && name == only_row_column;
}

enum class RuleVerdict : std::uint8_t { same, differs, raises };

// Two rules are the same if they give the same for sample rows: their texts cannot be compared,
// because the catalog keeps neither spelling nor brackets.
Result<RuleVerdict> compare_rule(Connection& connection, const TablePlan& plan,
                                 const Columns& existing, const GeneratedColumn& column,
                                 Duration timeout) {
  const auto found = existing.find(column.name);
  if (found == existing.end() || found->second.generated_as.empty()) return RuleVerdict::differs;
  std::string others;
  for (const auto& [name, other] : existing) {
    bool part = false;
    for (const PartColumn& one : plan.parts) part = part || one.name == name;
    if (!part && other.generated_as.empty()) others += ", NULL::" + other.type + " AS " + quoted(name);
  }
  auto rows = connection.query("SELECT bool_and((" + found->second.generated_as +
                                   ") IS NOT DISTINCT FROM (" +
                                   formula_sql(column.formula, column.type) + ")) FROM (SELECT v.*" +
                                   others + " FROM " + sample_rows_sql(plan) + ") sample",
                               Params(), timeout);
  if (rows.ok()) return rows->flag(0, 0) ? RuleVerdict::same : RuleVerdict::differs;
  const std::string& code = rows.error().code();
  if (code.starts_with("22") || code.starts_with("42")) return RuleVerdict::raises;
  return rows.error();
}

}  // namespace

Error table_differs(const TablePlan& plan, const std::vector<Difference>& differences) {
  std::string what, ddl;
  for (const Difference& one : differences) {
    what += "\n  " + one.what;
    ddl += "\n  " + one.statement;
  }
  return {Reaction::stop, "table_differs",
          "table " + plan.schema + "." + plan.table + " is not as the configuration says:" + what +
              "\nthis would settle it:" + ddl};
}

Result<std::vector<Difference>> find_differences(Connection& connection, const TablePlan& plan,
                                                 Duration timeout) {
  TRY_ASSIGN(const bool is_one, is_table(connection, plan, timeout));
  if (!is_one) {
    return Error(Reaction::stop, "table_differs",
                 plan.schema + "." + plan.table + " is no table; name another one");
  }
  TRY_ASSIGN(const Columns existing, read_columns(connection, plan, timeout));
  Comparison comparison(plan, existing);
  if (plan.key.empty()) {
    comparison.stored_column(only_row_column, SqlType::boolean, " NOT NULL DEFAULT true");
  }
  for (const KeyColumn& key : plan.key) {
    comparison.stored_column(key.name, key.type, key.nullable ? "" : " NOT NULL");
    if (key.nullable) comparison.nullable(key.name);
  }
  for (const PartColumn& part : plan.parts) {
    comparison.stored_column(part.name, part.type, part.starts_at_zero ? " NOT NULL DEFAULT 0" : "");
    if (part.starts_at_zero) {
      comparison.not_null(part.name);
    } else {
      comparison.nullable(part.name);
    }
  }
  for (const auto& [name, column] : existing) {
    if (!in_plan(plan, name)) comparison.foreign_column(name);
  }
  TRY_ASSIGN(const bool has_index, has_key_index(connection, plan, timeout));
  if (!has_index) comparison.no_key_index();
  TRY(warn_of_indexed_parts(connection, plan, timeout));
  for (const GeneratedColumn& column : plan.generated) {
    TRY_ASSIGN(const RuleVerdict verdict,
               compare_rule(connection, plan, existing, column, timeout));
    comparison.generated(column, verdict == RuleVerdict::same);
    // One that raises has ended the transaction: nothing more can be asked.
    if (verdict == RuleVerdict::raises) break;
  }
  return comparison.take();
}

}  // namespace tallymill::postgres
