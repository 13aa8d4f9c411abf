#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "config/spec.h"
#include "model/batch.h"
#include "pipeline/part.h"
#include "pipeline/reject_ratio.h"

namespace tallymill {

// What a cut knows besides the workers' parts.
struct CutContext {
  std::int64_t sequence = 0;
  std::string id;
  std::vector<Gap> gaps;
  std::vector<BatchRange> closing;  // Of partitions that are gone.
  std::vector<LookupUse> lookups;
  BatchTimings timings;
  RejectRatio before;  // Of the batches that precede it.
};

// Merges the workers' parts into one batch: tables merged and sorted, dead letters in order, P2
// checked, digest taken. Blocks for as long as that takes; runs on the writer's thread.
//
// Fails with Reaction::stop and code "unbalanced" if an equality of P2 does not hold, or
// "dead_letter_ratio" if too many records were rejected, naming the top reasons.
[[nodiscard]] Result<std::shared_ptr<const Batch>> assemble(const PipelineSpec& spec,
                                                            std::vector<Part> parts,
                                                            CutContext context);

}  // namespace tallymill
