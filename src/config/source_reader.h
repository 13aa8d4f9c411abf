#pragma once

#include <string>

#include "config/section.h"
#include "config/spec.h"

namespace tallymill {

// `source` but for its fields. `pipeline` is the pipeline's name.
[[nodiscard]] SourceSpec read_source(const Section& source, const std::string& pipeline,
                                     Loading& loading);

}  // namespace tallymill
