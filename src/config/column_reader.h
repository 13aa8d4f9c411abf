#pragma once

#include "config/aggregation_draft.h"
#include "config/loading.h"

namespace tallymill {

// Reads one column: a call of an aggregate, or a formula over other columns.
[[nodiscard]] ColumnDraft read_column(const YamlEntry& entry, Expressions& expressions,
                                      Loading& loading);

// Whether a later version has an aggregate of this name.
[[nodiscard]] bool is_later_aggregate(std::string_view name);

}  // namespace tallymill
