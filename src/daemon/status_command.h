#pragma once

#include "config/spec.h"
#include "daemon/command_line.h"

namespace tallymill {

// Prints how all pipelines stand, from Postgres; again and again where `line` says so, until SIGINT or
// SIGTERM ends the process with exit code 0. Returns the exit code.
[[nodiscard]] int status_command(const Spec& spec, const CommandLine& line);

}  // namespace tallymill
