#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "pipeline/lookups.h"

namespace tallymill {

// Lookups from local files. A table without a column that expressions ask for is refused, and a file
// larger than `max_bytes` says when it is loaded; that must be thread-safe.
[[nodiscard]] std::unique_ptr<LookupReader> make_lookup_reader(std::function<std::size_t()> max_bytes);

}  // namespace tallymill
