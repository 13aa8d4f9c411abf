#include "sink/postgres/target_table.h"

#include <utility>

#include "sink/postgres/encode.h"
#include "sink/postgres/identifiers.h"
#include "sink/postgres/timestamps.h"

namespace tallymill::postgres {
namespace {

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string joined;
  for (const std::string& part : parts) {
    if (!joined.empty()) joined += separator;
    joined += part;
  }
  return joined;
}

std::vector<std::string> key_names(const TablePlan& plan) {
  std::vector<std::string> names;
  for (const KeyColumn& key : plan.key) names.push_back(quoted(key.name));
  if (names.empty()) names.push_back(quoted(only_row_column));
  return names;
}

bool any_nullable(const TablePlan& plan) {
  for (const KeyColumn& key : plan.key) {
    if (key.nullable) return true;
  }
  return false;
}

std::string table_of(const TablePlan& plan) { return qualified(plan.schema, plan.table); }

// unnest($1::timestamptz[], $2::text[], ...) AS x(window_start, campaign, ...)
std::string unnest(const TablePlan& plan, bool with_parts) {
  std::vector<std::string> arrays;
  std::vector<std::string> names;
  const auto add = [&](const std::string& name, SqlType type) {
    arrays.push_back("$" + std::to_string(arrays.size() + 1) + "::" + std::string(sql_name(type)) +
                     "[]");
    names.push_back(quoted(name));
  };
  for (const KeyColumn& key : plan.key) add(key.name, key.type);
  if (plan.key.empty()) add(only_row_column, SqlType::boolean);
  if (with_parts) {
    for (const PartColumn& part : plan.parts) add(part.name, part.type);
  }
  return "unnest(" + join(arrays, ", ") + ") AS x(" + join(names, ", ") + ")";
}

// The stored part merged with the new one; null is the identity (rule R15).
std::string merged(const PartColumn& part) {
  const std::string stored = "t." + quoted(part.name);
  const std::string added = "EXCLUDED." + quoted(part.name);
  switch (part.merge) {
    case Merge::add:
      if (part.starts_at_zero) return stored + " + " + added;
      return "coalesce(" + stored + " + " + added + ", " + stored + ", " + added + ")";
    // Both ignore nulls.
    case Merge::least: return "least(" + stored + ", " + added + ")";
    case Merge::greatest: return "greatest(" + stored + ", " + added + ")";
    case Merge::joint: return added;
  }
  return added;
}

}  // namespace

std::string formula_sql(const Formula& formula, SqlType type) {
  const std::string cast(sql_name(type));
  const auto operand = [&](std::size_t i) { return formula_sql(formula.operands[i], type); };
  switch (formula.kind) {
    case Formula::Kind::part: return quoted(formula.text) + "::" + cast;
    case Formula::Kind::number: return formula.text + "::" + cast;
    case Formula::Kind::add: return "(" + operand(0) + " + " + operand(1) + ")";
    case Formula::Kind::subtract: return "(" + operand(0) + " - " + operand(1) + ")";
    case Formula::Kind::multiply: return "(" + operand(0) + " * " + operand(1) + ")";
    case Formula::Kind::divide: return "(" + operand(0) + " / nullif(" + operand(1) + ", 0))";
    case Formula::Kind::negate: return "(- " + operand(0) + ")";
  }
  return "NULL";
}

std::string create_table_ddl(const TablePlan& plan) {
  std::vector<std::string> lines;
  if (plan.key.empty()) {
    lines.push_back(quoted(only_row_column) + " boolean NOT NULL DEFAULT true CHECK (" +
                    quoted(only_row_column) + ")");
  }
  for (const KeyColumn& key : plan.key) {
    lines.push_back(quoted(key.name) + " " + std::string(sql_name(key.type)) +
                    (key.type == SqlType::text ? " COLLATE \"C\"" : "") +
                    (key.nullable ? "" : " NOT NULL"));
  }
  for (const PartColumn& part : plan.parts) {
    lines.push_back(quoted(part.name) + " " + std::string(sql_name(part.type)) +
                    (part.type == SqlType::text ? " COLLATE \"C\"" : "") +
                    (part.starts_at_zero ? " NOT NULL DEFAULT 0" : ""));
  }
  for (const GeneratedColumn& column : plan.generated) {
    lines.push_back(quoted(column.name) + " " + std::string(sql_name(column.type)) +
                    " GENERATED ALWAYS AS (" + formula_sql(column.formula, column.type) +
                    ") STORED");
  }
  lines.push_back(any_nullable(plan)
                      ? "UNIQUE NULLS NOT DISTINCT (" + join(key_names(plan), ", ") + ")"
                      : "PRIMARY KEY (" + join(key_names(plan), ", ") + ")");
  // Counters change with every batch and are in no index: with room on the page updates stay HOT.
  return "CREATE TABLE " + table_of(plan) + " (\n  " + join(lines, ",\n  ") +
         "\n) WITH (fillfactor = 70);\n";
}

std::string upsert_sql(const TablePlan& plan) {
  std::vector<std::string> names = key_names(plan);
  const std::string keys = join(names, ", ");
  std::vector<std::string> merges;
  for (const PartColumn& part : plan.parts) {
    names.push_back(quoted(part.name));
    merges.push_back(quoted(part.name) + " = " + merged(part));
  }
  const std::string all = join(names, ", ");
  return "INSERT INTO " + table_of(plan) + " AS t (" + all + ") SELECT " + all + " FROM " +
         unnest(plan, true) + " ON CONFLICT (" + keys + ") DO " +
         (merges.empty() ? "NOTHING" : "UPDATE SET " + join(merges, ", "));
}

std::string insert_missing_sql(const TablePlan& plan) {
  const std::string keys = join(key_names(plan), ", ");
  return "INSERT INTO " + table_of(plan) + " (" + keys + ") SELECT " + keys + " FROM " +
         unnest(plan, false) + " ON CONFLICT (" + keys + ") DO NOTHING";
}

std::string lock_rows_sql(const TablePlan& plan) {
  std::vector<std::string> columns;
  std::vector<std::string> matches;
  for (const PartColumn& part : plan.parts) {
    const std::string name = "t." + quoted(part.name);
    columns.push_back(part.type == SqlType::timestamptz ? microseconds_sql(name) : name);
  }
  const std::vector<std::string> names = key_names(plan);
  for (std::size_t i = 0; i < names.size(); ++i) {
    // Only "=" can use the index; nulls are compared only where there can be any.
    const bool nullable = !plan.key.empty() && plan.key[i].nullable;
    matches.push_back("t." + names[i] + (nullable ? " IS NOT DISTINCT FROM x." : " = x.") + names[i]);
  }
  std::string source = unnest(plan, false);
  // The arrays are in the order of the keys, so their ordinal is that order.
  const std::size_t as = source.find(" AS x(");
  source = source.substr(0, as) + " WITH ORDINALITY" + source.substr(as);
  source.back() = ',';
  source += " ordinal)";
  return "SELECT " + join(columns, ", ") + " FROM " + source + " JOIN " + table_of(plan) +
         " AS t ON " + join(matches, " AND ") + " ORDER BY x.ordinal FOR UPDATE OF t";
}

}  // namespace tallymill::postgres
