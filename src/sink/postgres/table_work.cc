#include "sink/postgres/table_work.h"

#include <algorithm>

#include "sink/postgres/identifiers.h"
#include "sink/postgres/privileges.h"
#include "sink/postgres/service_schema.h"
#include "sink/postgres/table_difference.h"
#include "sink/postgres/target_table.h"

namespace tallymill::postgres {
namespace {

using Names = std::vector<std::string>;

std::string name_of(const TablePlan& plan) { return plan.schema + "." + plan.table; }
std::string relation_of(const TablePlan& plan) { return qualified(plan.schema, plan.table); }

bool holds(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Names all_columns(const AggregationSpec& aggregation) {
  Names names;
  for (const ColumnSpec& column : aggregation.columns) names.push_back(column.name);
  for (const GeneratedColumn& column : aggregation.plan.generated) {
    if (!holds(names, column.name)) names.push_back(column.name);
  }
  return names;
}

// The parts that keep these columns.
std::vector<PartColumn> parts_of(const AggregationSpec& aggregation, const Names& columns) {
  std::vector<PartColumn> parts;
  for (const ColumnSpec& column : aggregation.columns) {
    if (!holds(columns, column.name)) continue;
    parts.insert(parts.end(), column.shape.parts.begin(), column.shape.parts.end());
  }
  return parts;
}

std::string touched(const PartColumn& part) {
  return quoted(part.name) + " IS DISTINCT FROM " + (part.starts_at_zero ? "0" : "NULL");
}

Result<bool> any_row(const Session& session, Connection& connection, const TablePlan& plan,
                     const std::string& condition) {
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT EXISTS (SELECT 1 FROM " + relation_of(plan) + " WHERE " + condition + ")",
                              Params(), session.statement_timeout()));
  return rows.flag(0, 0);
}

// The comment on a column that was added empty while the table was counted without it. It holds for as long
// as the table is counted so: under another fingerprint the column may have been counted, and to come back
// to this one takes a reset, which begins with an empty table.
std::string mark_of(const std::string& fingerprint) {
  return "tallymill: added empty, and not counted under " + fingerprint;
}

// Takes out the columns that are known to be empty by their marks.
Result<void> leave_out_marked(const Session& session, Connection& connection, const TablePlan& plan,
                              const std::string& fingerprint, std::vector<PartColumn>& parts) {
  TRY_ASSIGN(const QueryResult marked,
             connection.query("SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 "
                              "AND NOT attisdropped AND col_description(attrelid, attnum) = $2",
                              Params().text(relation_of(plan)).text(mark_of(fingerprint)),
                              session.statement_timeout()));
  for (int i = 0; i < marked.rows(); ++i) {
    std::erase_if(parts, [&](const PartColumn& part) { return part.name == marked.text(i, 0); });
  }
  return {};
}

// A column that was there before it is counted must hold nothing: what it held would be counted as ours.
Result<void> check_untouched(const Session& session, Connection& connection, const TablePlan& plan,
                             const std::vector<PartColumn>& parts) {
  std::string any;
  for (const PartColumn& part : parts) any += (any.empty() ? "" : " OR ") + touched(part);
  if (any.empty()) return {};
  // The table is read whole, so once for all of them.
  TRY_ASSIGN(const bool found, any_row(session, connection, plan, any));
  if (!found) return {};
  for (const PartColumn& part : parts) {
    TRY_ASSIGN(const bool guilty, any_row(session, connection, plan, touched(part)));
    if (!guilty) continue;
    return Error(Reaction::stop, "column_not_empty",
                 "column " + part.name + " of table " + name_of(plan) +
                     " is new in the configuration, but is there and holds values that no pipeline has "
                     "counted; give the new one another name, or drop what is there:\n  ALTER TABLE " +
                     relation_of(plan) + " DROP COLUMN " + quoted(part.name) + ";");
  }
  return {};
}

// The columns of `differences` are added; all else is refused.
Result<TableWork> find_growth(const Session& session, Connection& connection,
                              const AggregationSpec& aggregation, const std::string& fingerprint,
                              const Names& columns, const std::vector<Difference>& differences) {
  const TablePlan& plan = aggregation.plan;
  std::vector<PartColumn> parts = parts_of(aggregation, columns);
  Names new_names = columns;
  for (const PartColumn& part : parts) new_names.push_back(part.name);
  std::vector<Difference> refused;
  std::copy_if(differences.begin(), differences.end(), std::back_inserter(refused),
               [&](const Difference& one) { return one.missing.empty() || !holds(new_names, one.missing); });
  if (!refused.empty()) return table_differs(plan, refused);
  TableWork work{TableWork::Kind::grow, true, {}, columns, {}, false, 0, {}};
  for (const Difference& one : differences) {
    const auto added = std::erase_if(parts, [&](const PartColumn& part) { return part.name == one.missing; });
    if (added == 0) continue;
    work.marks += "COMMENT ON COLUMN " + relation_of(plan) + "." + quoted(one.missing) + " IS " +
                  literal(mark_of(fingerprint)) + ";\n";
  }
  if (!parts.empty()) TRY(leave_out_marked(session, connection, plan, fingerprint, parts));
  TRY(check_untouched(session, connection, plan, parts));
  if (columns.empty()) work.kind = TableWork::Kind::keep;
  if (differences.empty()) return work;
  TRY_ASSIGN(const QueryResult size,
             connection.query("SELECT EXISTS (SELECT 1 FROM " + relation_of(plan) +
                                  "), pg_total_relation_size($1::regclass) + coalesce((SELECT sum("
                                  "pg_total_relation_size(relid)) FROM pg_partition_tree($1::regclass) "
                                  "WHERE relid <> $1::regclass), 0)",
                              Params().text(relation_of(plan)), session.statement_timeout()));
  work.bytes = size.number(0, 1);
  for (const Difference& one : differences) {
    // A start and `migrate` may both be at it.
    work.sql += (work.sql.empty() ? "ALTER TABLE " + relation_of(plan) : ",") + "\n  ADD COLUMN IF NOT EXISTS " +
                quoted(one.missing) + " " + one.definition;
    work.definitions.push_back(one.missing + " " + one.definition);
    const bool generated = std::any_of(plan.generated.begin(), plan.generated.end(),
                                       [&](const GeneratedColumn& g) { return g.name == one.missing; });
    // A constant default is kept in the catalog; a generated value has to be put into each row.
    work.rewrites = work.rewrites || (generated && size.flag(0, 0));
  }
  work.sql += ";\n";
  return work;
}

std::string in_megabytes(std::int64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

std::string with_sql(const TablePlan& plan, const std::string& why, const TableWork& work) {
  return "table " + name_of(plan) + " " + why + ":\n" + work.sql;
}

}  // namespace

Result<TableWork> find_table_work(const Session& session, Connection& connection,
                                  const AggregationSpec& aggregation,
                                  const Registrations& registrations, const Growth* growth) {
  const TablePlan& plan = aggregation.plan;
  // No name in a schema that the role may not use can be looked up; and to make one that is there would
  // need the right to create schemas.
  TRY_ASSIGN(const bool schema_is_there, find_schema(session, connection, plan.schema));
  TRY_ASSIGN(const Standing standing, find_standing(session, connection, aggregation, registrations));
  TRY(check_identity(session, aggregation, standing));
  if (standing.present_oid.empty()) {
    return TableWork{TableWork::Kind::make, false,
                     (schema_is_there ? "" : create_schema_ddl(plan.schema)) + create_table_ddl(plan),
                     all_columns(aggregation), {}, false, 0, {}};
  }
  TRY(check_target_table(session, connection, plan));
  const bool registered = !standing.registered_oid.empty();
  if (!registered) TRY(check_adoptable(session, connection, plan, standing, registrations));
  TRY_ASSIGN(const auto differences,
             find_differences(connection, plan, session.statement_timeout()));
  if (registered) {
    const Names columns = growth == nullptr ? Names() : growth->columns_of(aggregation.name);
    return find_growth(session, connection, aggregation, standing.fingerprint, columns, differences);
  }
  if (!differences.empty()) return table_differs(plan, differences);
  return TableWork{};
}

Result<void> may_do(const Session& session, Connection& connection, const TablePlan& plan,
                    const TableWork& work) {
  if (work.sql.empty()) return {};
  const bool by_itself = session.postgres().ddl == DdlPolicy::apply;
  if (work.kind == TableWork::Kind::make) {
    if (!by_itself) {
      return Error(Reaction::stop, "table_missing",
                   with_sql(plan, "is missing and postgres.ddl is check; create it", work));
    }
    TRY_ASSIGN(const bool schema_is_there, find_schema(session, connection, plan.schema));
    return schema_is_there ? check_may_create_table(session, connection, plan.schema)
                           : check_may_create_schema(session, connection, plan.schema);
  }
  if (!by_itself) {
    return Error(Reaction::stop, "column_missing",
                 with_sql(plan, "lacks new columns and postgres.ddl is check; have `tallymill migrate` add "
                          "them, or run", work));
  }
  if (work.rewrites && work.bytes > quick_rewrite) {
    return Error(Reaction::stop, "table_rewrite",
                 with_sql(plan, "has " + in_megabytes(work.bytes) + ", all written anew for its new columns "
                          "while nobody can read it; at a time that suits, run `tallymill migrate "
                          "--rewrite`, or", work));
  }
  return check_may_alter(session, connection, relation_of(plan));
}

Result<void> do_work(const Session& session, Connection& connection, const TableWork& work,
                     std::chrono::milliseconds lock_timeout) {
  if (work.sql.empty()) return {};
  const auto within = [](std::chrono::milliseconds time) {
    return "SET LOCAL lock_timeout = " + std::to_string(time.count()) + ";\n";
  };
  TRY(connection.script(within(lock_timeout) + work.sql + within(session.postgres().lock_timeout),
                        session.statement_timeout()));
  return {};
}

}  // namespace tallymill::postgres
