#pragma once

#include <vector>

#include "config/section.h"
#include "config/spec.h"

namespace tallymill {

// `lookups`; the columns that expressions ask for are not known yet.
[[nodiscard]] std::vector<LookupSpec> read_lookups(const Section& pipeline, Loading& loading);

}  // namespace tallymill
