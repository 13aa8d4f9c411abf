#pragma once

// SQL of one aggregation's table, made from its plan.

#include <string>
#include <vector>

#include "model/table_plan.h"

namespace tallymill::postgres {

// A table without group and window has one row; this column, always true, is its key.
inline constexpr const char* only_row_column = "only_row";

[[nodiscard]] std::string create_table_ddl(const TablePlan& plan);

// A generated column's rule: an expression over stored parts. Null where a divisor is 0, and where a
// double precision result is out of range, so that no stored value makes it raise.
[[nodiscard]] std::string formula_sql(const Formula& formula, SqlType type);

// The upsert of rows given as one array per key column and part, in the plan's order. Joint parts
// are overwritten, all others merged.
[[nodiscard]] std::string upsert_sql(const TablePlan& plan);

// Strategy two: from one array per key column, makes the rows that are missing and locks those that
// are there; gives the stored parts of all, in the order of the arrays. An update that changes
// nothing takes the lock, because it finds null keys by the index as ON CONFLICT does, which no
// join can. REQUIRES: plan.merges_in_cpp().
[[nodiscard]] std::string claim_rows_sql(const TablePlan& plan);

// Finds one row that the arrays of upsert_sql cannot be merged with, because a sum leaves its
// column's range: its key as text, then the column's name.
[[nodiscard]] std::string find_overflow_sql(const TablePlan& plan);

}  // namespace tallymill::postgres
