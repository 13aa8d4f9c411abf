#pragma once

// How a table that exists is not as the plan says.

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "model/table_plan.h"

namespace tallymill::postgres {

class Connection;

struct Difference {
  std::string what;       // "column n is missing"
  std::string statement;  // Settles it.
  // Of a column that is not there: its name, and its definition as in "ADD COLUMN n bigint".
  std::string missing;
  std::string definition;
};

// Finds all of them. Fails with Reaction::stop if it is no table at all. Where there are others than missing
// columns the transaction may have ended: nothing more can be asked in it. REQUIRES: a relation of that
// name is there.
[[nodiscard]] Result<std::vector<Difference>> find_differences(Connection& connection,
                                                               const TablePlan& plan,
                                                               Duration timeout);

// Reaction::stop with the DDL that would settle them. REQUIRES: there are some.
[[nodiscard]] Error table_differs(const TablePlan& plan, const std::vector<Difference>& differences);

}  // namespace tallymill::postgres
