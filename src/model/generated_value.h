#pragma once

// What a generated column comes to for the stored parts of one row: the same as Postgres computes from
// the column's definition, scale and rounding included. For showing a row where there is no Postgres.

#include <optional>
#include <span>
#include <string>

#include "model/table_plan.h"
#include "model/value.h"

namespace tallymill {

// As a SELECT shows it; nothing for null.
// REQUIRES: `parts` are those of the plan, in its order; the formula names parts of the plan.
[[nodiscard]] std::optional<std::string> generated_value(const GeneratedColumn& column,
                                                         const TablePlan& plan,
                                                         std::span<const Value> parts);

}  // namespace tallymill
