#pragma once

#include <vector>

#include "base/error.h"
#include "config/spec.h"

namespace tallymill {

// Compares a configuration with the live topics and tables, changing nothing: `check --connect`.
// Returns all that would keep the daemon from starting; of what follows from another failure, such as
// each pipeline's topics where no broker answers, that one only.
[[nodiscard]] std::vector<Error> check_live(const Spec& spec);

}  // namespace tallymill
