#pragma once

#include "daemon/command_line.h"

namespace tallymill {

// Runs files of cases and says what differs. Returns the exit code.
[[nodiscard]] int test_command(const CommandLine& line);

}  // namespace tallymill
