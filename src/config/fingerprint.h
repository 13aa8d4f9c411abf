#pragma once

// Fingerprints: whether two configurations count the same. Built from a versioned canonical text of
// what changes counted values, and of nothing else: a default is left out, so that a key that comes
// later changes nothing while it is not used.

#include <string>

#include "config/spec.h"

namespace tallymill {

// REQUIRES: the specs are complete but for their fingerprints.
[[nodiscard]] std::string canonical_text(const AggregationSpec& aggregation);
// Holds the canonical text of each aggregation.
[[nodiscard]] std::string canonical_text(const PipelineSpec& pipeline);

// Fills in the fingerprints of a pipeline and its aggregations.
void set_fingerprints(PipelineSpec& pipeline);

}  // namespace tallymill
