#pragma once

#include <string>

#include "model/table_plan.h"

namespace tallymill::postgres {

// A FROM item `(VALUES ...) v` with one column per part of the plan, whose rows combine null, zero,
// ordinary and extreme values: enough to tell two rules of a generated column apart.
// REQUIRES: the plan has a part.
[[nodiscard]] std::string sample_rows_sql(const TablePlan& plan);

}  // namespace tallymill::postgres
