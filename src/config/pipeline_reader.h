#pragma once

#include <string>

#include "config/section.h"
#include "config/spec.h"
#include "config/tables.h"

namespace tallymill {

// Reads one pipeline, what it inherits included. `postgres_schema` is the daemon's own. If there
// are problems, they are reported, and the spec is not to be used.
[[nodiscard]] PipelineSpec read_pipeline(const YamlEntry& entry, const std::string& postgres_schema,
                                         Tables& tables, Loading& loading);

}  // namespace tallymill
