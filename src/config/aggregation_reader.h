#pragma once

#include "config/aggregation_draft.h"
#include "config/loading.h"

namespace tallymill {

// Reads one aggregation as far as that goes without types.
[[nodiscard]] AggregationDraft read_aggregation(const YamlEntry& entry,
                                                const std::string& postgres_schema,
                                                Expressions& expressions, Loading& loading);

// Hands the draft's expressions to the pipeline's typing.
void add_expressions(const AggregationDraft& draft, const Expressions& expressions,
                     expression::Typing& typing);

}  // namespace tallymill
