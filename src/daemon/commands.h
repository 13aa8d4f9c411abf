#pragma once

#include "daemon/command_line.h"

namespace tallymill {

// Runs a command to its end and returns the process's exit code. Results go to stdout, problems and
// logs to stderr.
[[nodiscard]] int run_command(const CommandLine& line);

}  // namespace tallymill
