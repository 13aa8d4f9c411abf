#pragma once

#include "config/spec.h"

namespace tallymill {

// Runs all pipelines of a specification until a signal comes, or, draining, until each has
// processed what was there. Returns the process's exit code.
[[nodiscard]] int supervise(const Spec& spec, bool drain);

}  // namespace tallymill
