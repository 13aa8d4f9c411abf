#pragma once

#include "config/spec.h"
#include "daemon/command_line.h"

namespace tallymill {

// Prints what each of the next records of a pipeline would do. Returns the exit code.
[[nodiscard]] int examine_command(const Spec& spec, const PipelineSpec& pipeline,
                                  const CommandLine& line);

}  // namespace tallymill
