#pragma once

#include <string>

#include "base/error.h"
#include "config/spec.h"

namespace tallymill {

// The schema's status view and its checkpoints as text for a terminal. Reads Postgres only.
[[nodiscard]] Result<std::string> status_table(const Spec& spec);

}  // namespace tallymill
