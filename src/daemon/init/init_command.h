#pragma once

#include "daemon/command_line.h"

namespace tallymill {

// Writes a starter file, to stdout or a new file; of what records hold, if some are named. Returns the
// exit code.
[[nodiscard]] int init_command(const CommandLine& line);

}  // namespace tallymill
