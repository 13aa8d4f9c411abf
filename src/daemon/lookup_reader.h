#pragma once

#include <cstddef>
#include <memory>

#include "pipeline/lookups.h"

namespace tallymill {

// Lookups from local files. A table without a column that expressions ask for is refused.
[[nodiscard]] std::unique_ptr<LookupReader> make_lookup_reader(std::size_t max_bytes);

}  // namespace tallymill
