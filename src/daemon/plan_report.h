#pragma once

#include <string>

#include "daemon/plan_view.h"

namespace tallymill {

// For a person: a line per change, marked + ~ or !, what goes with it below, and the sum at the end.
[[nodiscard]] std::string plan_report(const PlanView& view, bool colour);
// For a script: the same, with the statements; one JSON object.
[[nodiscard]] std::string plan_json(const PlanView& view);

}  // namespace tallymill
