#pragma once

#include "daemon/command_line.h"

namespace tallymill {

// Shows what records would come to, those of the topic or of a file, and touches nothing. Returns the
// exit code.
[[nodiscard]] int preview_command(const CommandLine& line);

}  // namespace tallymill
