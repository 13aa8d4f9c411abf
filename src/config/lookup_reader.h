#pragma once

#include <string_view>
#include <vector>

#include "config/section.h"
#include "config/spec.h"
#include "config/tables.h"

namespace tallymill {

// `lookups`; the columns that expressions ask for are not known yet. Tells `tables` what they read.
[[nodiscard]] std::vector<LookupSpec> read_lookups(const Section& pipeline, Tables& tables, Loading& loading);

// What the end of a file's name says of its format.
[[nodiscard]] LookupSpec::Format lookup_format(std::string_view file, LookupSpec::Format otherwise);

}  // namespace tallymill
