#pragma once

#include "base/error.h"
#include "config/spec.h"

namespace tallymill {

// Compares a configuration with the live topics and tables, changing nothing: `check --connect`.
// Returns the first thing that would keep the daemon from starting.
[[nodiscard]] Result<void> check_live(const Spec& spec);

}  // namespace tallymill
