#pragma once

#include "config/spec.h"
#include "daemon/command_line.h"

namespace tallymill {

// Shows what the next start would change in Postgres; returns the exit code.
[[nodiscard]] int plan_command(const Spec& spec, const CommandLine& line);

// Does what of it concerns schema and tables, or prints statements; returns the exit code.
[[nodiscard]] int migrate_command(const Spec& spec, const CommandLine& line);

}  // namespace tallymill
