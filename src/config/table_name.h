#pragma once

#include <optional>

#include "config/section.h"
#include "config/spec.h"

namespace tallymill {

// A table that a key names, as `ads` or `marketing.ads`; without a schema it is in public. Nothing if the
// key is not there, or names no table, which is reported.
[[nodiscard]] std::optional<TableName> read_table_name(const Section& section, std::string_view key,
                                                       Loading& loading);

}  // namespace tallymill
