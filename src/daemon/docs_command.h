#pragma once

#include "daemon/command_line.h"

namespace tallymill {

// Prints a page of the reference, what it says about one name, or the list of pages; or writes all pages
// and the schema of configurations into a folder. Returns the exit code.
[[nodiscard]] int docs_command(const CommandLine& line);

// Prints the JSON Schema of configurations.
[[nodiscard]] int schema_command();

}  // namespace tallymill
