#pragma once

// SQL of one aggregation's table, made from its plan.

#include <string>
#include <vector>

#include "base/error.h"
#include "model/table_plan.h"
#include "sink/postgres/connection.h"

namespace tallymill::postgres {

// A table without group and window has one row; this column, always true, is its key.
inline constexpr const char* only_row_column = "only_row";

[[nodiscard]] std::string create_table_ddl(const TablePlan& plan);

// Generated columns as an expression over stored parts that no stored value can make raise.
[[nodiscard]] std::string formula_sql(const Formula& formula, SqlType type);

// The upsert of rows given as one array per key column and part, in the plan's order. Joint parts
// are overwritten, all others merged.
[[nodiscard]] std::string upsert_sql(const TablePlan& plan);

// Strategy two: makes the rows that are missing, from one array per key column.
[[nodiscard]] std::string insert_missing_sql(const TablePlan& plan);
// ... and reads and locks all of them, in key order, from the same arrays.
[[nodiscard]] std::string lock_rows_sql(const TablePlan& plan);

// Compares the table that exists with the plan. Fails with Reaction::stop and the DDL that would
// settle every difference.
[[nodiscard]] Result<void> compare_table(Connection& connection, const TablePlan& plan,
                                         Duration timeout);

}  // namespace tallymill::postgres
