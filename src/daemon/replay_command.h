#pragma once

#include "config/spec.h"
#include "daemon/command_line.h"

namespace tallymill {

// Rebuilds an aggregation of a pipeline, or prints the plan. Returns the exit code.
[[nodiscard]] int replay_command(const Spec& spec, const PipelineSpec& pipeline,
                                 const CommandLine& line);

}  // namespace tallymill
