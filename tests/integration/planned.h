#pragma once

#include <string>

#include "integration/instance.h"
#include "sink/postgres/start_plan.h"

namespace tallymill::testing {

// A pipeline that has counted one batch and given up its lease.
void count_once(Database& database, const Settings& settings = {});

// Plans, and sees that nothing was changed by that.
[[nodiscard]] postgres::StartPlan plan_of(Database& database, const Settings& settings);
// Holds a plan against the start that follows it: the same refusal and nothing changed, or all that it says
// and nothing left to do. Returns the plan.
postgres::StartPlan come_true(Database& database, const Settings& settings);

[[nodiscard]] bool changes_catalog(const postgres::StartPlan& plan);
// The code of what the start stops at first; empty: it does not.
[[nodiscard]] std::string refused_with(const postgres::StartPlan& plan);

}  // namespace tallymill::testing
