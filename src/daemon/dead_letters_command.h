#pragma once

#include "config/spec.h"
#include "daemon/command_line.h"

namespace tallymill {

// dead-letters list, show, retry, drop. Returns the exit code; not_retried if a letter that was
// offered again is still one.
[[nodiscard]] int dead_letters_command(const Spec& spec, const PipelineSpec& pipeline,
                                       const CommandLine& line);

}  // namespace tallymill
