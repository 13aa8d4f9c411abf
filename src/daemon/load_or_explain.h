#pragma once

#include <optional>
#include <string>

#include "config/load.h"

namespace tallymill {

// Loads a configuration and checks all that can be checked offline: what load_config() does, the lookups
// from files where the reach is everything, and that memory_limit is enough.
[[nodiscard]] Loaded load_and_check(const std::string& path, Reach reach = Reach::everything);

// Loads a configuration. Prints every problem there is, and where there is an error returns nothing. A
// command that reaches for everything is told of all lookups and of warnings, too; for any other,
// `check` does that, and the lookups that it uses are its own affair.
[[nodiscard]] std::optional<Spec> load_or_explain(const std::string& path,
                                                  Reach reach = Reach::everything);

}  // namespace tallymill
