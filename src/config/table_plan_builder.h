#pragma once

#include "config/aggregation_draft.h"
#include "config/loading.h"

namespace tallymill {

// Completes an aggregation whose expressions have their types: group keys, columns, stored parts
// and generated columns, and checks that no two names are the same.
void build_table_plan(AggregationDraft& draft, const Expressions& expressions, Loading& loading);

}  // namespace tallymill
