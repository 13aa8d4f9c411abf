#pragma once

#include <string>

#include "config/spec.h"

namespace tallymill {

// Runs all pipelines of a specification until a signal comes, or, draining, until each has
// processed what was there. `path` is where the specification was loaded from: on SIGHUP it is loaded
// again and takes the place of the one before (daemon/reloader.h). Returns the process's exit code.
[[nodiscard]] int supervise(const std::string& path, Spec spec, bool drain);

}  // namespace tallymill
