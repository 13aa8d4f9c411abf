#pragma once

#include "config/section.h"
#include "config/spec.h"

namespace tallymill {

// Everything that is not in a pipeline. `root` is the whole configuration.
void read_daemon(const Section& root, Spec& spec, Loading& loading);

}  // namespace tallymill
