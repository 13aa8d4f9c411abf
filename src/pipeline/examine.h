#pragma once

// Looks at records one at a time, as when a batch of them failed: what each would do, and whether the
// store would take it. Everything is left as it is.

#include <functional>
#include <string>
#include <vector>

#include "pipeline/lookups.h"
#include "pipeline/reread.h"
#include "sink/rehearsal.h"
#include "source/record_source.h"

namespace tallymill {

struct Examined {
  TopicPartition where;
  Offset offset;
  // "used", "skipped", "rejected", "refused" by the store, or "stops" the pipeline.
  std::string fate;
  std::string why;  // Of one that is not used; never a value of the payload.
  std::vector<std::string> tables;  // Aggregations that use it.
};

// Reads up to `most` records of each partition from `positions` on, as far as the source delivers them
// within `patience`. Fails with Reaction::retry if the source does not answer at all.
[[nodiscard]] Result<std::vector<OwnedRecord>> read_records(Source& source,
                                                            const std::vector<Checkpoint>& positions,
                                                            std::size_t most, const Clock& clock,
                                                            Duration patience);

// Examines them in their order, with these lookups, and hands each to `say`. `parts.source` is not
// used. Fails if the store does not answer.
[[nodiscard]] Result<void> examine(RereadParts parts, const LookupTables& lookups,
                                   const std::vector<OwnedRecord>& records, Rehearsal& rehearsal,
                                   const std::function<void(const Examined&)>& say);

}  // namespace tallymill
