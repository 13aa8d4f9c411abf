#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "config/spec.h"
#include "pipeline/lookups.h"

namespace tallymill {

// Lookups from local files, and from tables of the database that `postgres` says. One without a column
// that expressions ask for is refused, and one larger than `max_bytes` says when it is loaded; that must be
// thread-safe.
[[nodiscard]] std::unique_ptr<LookupReader> make_lookup_reader(PostgresSpec postgres,
                                                               std::function<std::size_t()> max_bytes);

}  // namespace tallymill
