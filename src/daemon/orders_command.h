#pragma once

#include "config/spec.h"
#include "daemon/command_line.h"

namespace tallymill {

// pause, resume, reset, drop: prints what was done, or, with --dry-run, what would be. Returns the
// exit code. REQUIRES: line.command is one of these.
[[nodiscard]] int orders_command(const Spec& spec, const PipelineSpec& pipeline,
                                 const CommandLine& line);

}  // namespace tallymill
