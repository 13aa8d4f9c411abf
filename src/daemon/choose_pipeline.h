#pragma once

#include <string>

#include "base/error.h"
#include "config/spec.h"

namespace tallymill {

// The pipeline of that name; without a name the only one. Fails, for a person to read, with the nearest
// name and all there are.
[[nodiscard]] Result<const PipelineSpec*> choose_pipeline(const Spec& spec, const std::string& name);

}  // namespace tallymill
