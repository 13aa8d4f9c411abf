#pragma once

#include <optional>
#include <string>

#include "config/load.h"

namespace tallymill {

// Loads a configuration. Prints every problem there is, and where there is an error returns nothing. A
// command that reaches for everything is told of all lookups and of warnings, too; for any other,
// `check` does that, and the lookups that it uses are its own affair.
[[nodiscard]] std::optional<Spec> load_or_explain(const std::string& path,
                                                  Reach reach = Reach::everything);

}  // namespace tallymill
