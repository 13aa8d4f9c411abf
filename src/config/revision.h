#pragma once

#include <string>
#include <string_view>

#include "config/spec.h"

namespace tallymill {

// Tells two configurations of one pipeline apart, also where they count the same: what its fingerprint
// is made of, and how it runs. What differs between hosts that count alike, such as paths, addresses
// and limits of the process, is left out. `program` is what counts with it. Hexadecimal; nothing but
// equality means anything.
[[nodiscard]] std::string revision_of(const PipelineSpec& pipeline, std::string_view program);

}  // namespace tallymill
