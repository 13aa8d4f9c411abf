#include "sink/postgres/target_table.h"

#include <utility>

#include "base/join.h"
#include "sink/postgres/encode.h"
#include "sink/postgres/identifiers.h"
#include "sink/postgres/timestamps.h"

namespace tallymill::postgres {
namespace {

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

// SELECT unnest($1::timestamptz[]) AS window_start, unnest($2::text[]) AS campaign, ...
// Arrays in the list are walked side by side; in FROM, each would first be stored whole.
std::string select_rows(const TablePlan& plan, bool with_parts) {
  std::vector<std::string> arrays;
  const auto add = [&](const std::string& name, SqlType type) {
    arrays.push_back("unnest($" + std::to_string(arrays.size() + 1) +
                     "::" + std::string(sql_name(type)) + "[]) AS " + quoted(name));
  };
  for (const KeyColumn& key : plan.key) add(key.name, key.type);
  if (plan.key.empty()) add(only_row_column, SqlType::boolean);
  if (with_parts) {
    for (const PartColumn& part : plan.parts) add(part.name, part.type);
  }
  return "SELECT " + joined(arrays, ", ");
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

std::string arithmetic(const Formula& formula, SqlType type) {
  const std::string cast(sql_name(type));
  const auto operand = [&](std::size_t i) { return arithmetic(formula.operands[i], type); };
  switch (formula.kind) {
    case Formula::Kind::part: return quoted(formula.text) + "::" + cast;
    case Formula::Kind::number: return "(" + formula.text + ")::" + cast;
    case Formula::Kind::add: return "(" + operand(0) + " + " + operand(1) + ")";
    case Formula::Kind::subtract: return "(" + operand(0) + " - " + operand(1) + ")";
    case Formula::Kind::multiply: return "(" + operand(0) + " * " + operand(1) + ")";
    case Formula::Kind::divide: return "(" + operand(0) + " / nullif(" + operand(1) + ", 0))";
    case Formula::Kind::negate: return "(- " + operand(0) + ")";
  }
  return "NULL";
}

void require_in_range(const Formula& formula, std::vector<std::string>& conditions) {
  for (const Formula& operand : formula.operands) require_in_range(operand, conditions);
  const bool scales =
      formula.kind == Formula::Kind::multiply || formula.kind == Formula::Kind::divide;
  if (!scales && formula.kind != Formula::Kind::add && formula.kind != Formula::Kind::subtract) return;
  const std::string value = arithmetic(formula, SqlType::numeric);
  conditions.push_back("abs(" + value + ") <= 1.79e308");
  if (scales) conditions.push_back("(" + value + " = 0 OR abs(" + value + ") >= 1e-307)");
}

}  // namespace

std::string formula_sql(const Formula& formula, SqlType type) {
  const std::string value = arithmetic(formula, type);
  if (type != SqlType::double_precision) return value;
  // Arithmetic of doubles raises where a result leaves their range; that of numerics, which only
  // decides whether the doubles are asked at all, does not.
  std::vector<std::string> conditions;
  require_in_range(formula, conditions);
  if (conditions.empty()) return value;
  return "CASE WHEN " + joined(conditions, " AND ") + " THEN " + value + " END";
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
                      ? "UNIQUE NULLS NOT DISTINCT (" + joined(key_names(plan), ", ") + ")"
                      : "PRIMARY KEY (" + joined(key_names(plan), ", ") + ")");
  // Counters change with every batch and are in no index: with room on the page updates stay HOT.
  return "CREATE TABLE " + table_of(plan) + " (\n  " + joined(lines, ",\n  ") +
         "\n) WITH (fillfactor = 70);\nCOMMENT ON TABLE " + table_of(plan) + " IS " +
         literal("Kept by tallymill, exactly in step with its topics; rows changed by hand stay "
                 "wrong.") + ";\n";
}

std::string upsert_sql(const TablePlan& plan) {
  std::vector<std::string> names = key_names(plan);
  const std::string keys = joined(names, ", ");
  std::vector<std::string> merges;
  for (const PartColumn& part : plan.parts) {
    names.push_back(quoted(part.name));
    merges.push_back(quoted(part.name) + " = " + merged(part));
  }
  return "INSERT INTO " + table_of(plan) + " AS t (" + joined(names, ", ") + ") " +
         select_rows(plan, true) + " ON CONFLICT (" + keys + ") DO " +
         (merges.empty() ? "NOTHING" : "UPDATE SET " + joined(merges, ", "));
}

std::string claim_rows_sql(const TablePlan& plan) {
  std::vector<std::string> names = key_names(plan);
  const std::string keys = joined(names, ", ");
  std::vector<std::string> values = names;
  std::vector<std::string> stored;
  std::string unchanged;
  for (const PartColumn& part : plan.parts) {
    const std::string name = quoted(part.name);
    if (part.starts_at_zero) {
      names.push_back(name);
      values.push_back("0");
    }
    if (part.merge == Merge::joint) unchanged = name + " = t." + name;
    stored.push_back(part.type == SqlType::timestamptz ? microseconds_sql("t." + name) : "t." + name);
  }
  return "INSERT INTO " + table_of(plan) + " AS t (" + joined(names, ", ") + ") SELECT " +
         joined(values, ", ") + " FROM (" + select_rows(plan, false) + ") AS x ON CONFLICT (" + keys +
         ") DO UPDATE SET " + unchanged + " RETURNING " + joined(stored, ", ");
}

std::string find_overflow_sql(const TablePlan& plan) {
  std::vector<std::string> matches;
  std::vector<std::string> shown;
  const std::vector<std::string> names = key_names(plan);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string& name = names[i];
    // Only = is served by the index.
    const bool nullable = i < plan.key.size() && plan.key[i].nullable;
    matches.push_back("t." + name + (nullable ? " IS NOT DISTINCT FROM x." : " = x.") + name);
    shown.push_back("coalesce(t." + name + "::text, 'null')");
  }
  std::string column = "CASE";
  for (const PartColumn& part : plan.parts) {
    if (part.merge != Merge::add) continue;
    const std::string sum =
        "(t." + quoted(part.name) + "::numeric + x." + quoted(part.name) + "::numeric)";
    const std::string name = literal(part.name);
    if (part.type == SqlType::bigint) {
      column += " WHEN " + sum + " NOT BETWEEN -9223372036854775808 AND 9223372036854775807 THEN " + name;
    } else if (part.type == SqlType::double_precision) {
      column += " WHEN abs(" + sum + ") > 1.797e308 THEN " + name;
    }
  }
  column += column == "CASE" ? " WHEN false THEN '' END" : " END";
  return "SELECT shown, culprit FROM (SELECT " + joined(shown, " || ', ' || ") + " AS shown, " + column +
         " AS culprit FROM (" + select_rows(plan, true) + ") AS x JOIN " + table_of(plan) + " AS t ON " +
         joined(matches, " AND ") + ") found WHERE culprit IS NOT NULL LIMIT 1";
}

}  // namespace tallymill::postgres
