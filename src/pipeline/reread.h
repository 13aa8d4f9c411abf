#pragma once

// Reads records again that a batch has read before, and folds them through the same workers and the
// same assembly as the live pipeline, so that what comes out is the same batch if the records, the
// configuration and the lookups are the same (promise P5).
//
// Nothing is committed here and nothing published: the store and the live pipeline are not touched.
// All calls by one thread, which also steps the workers.

#include <functional>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "config/spec.h"
#include "decode/decoder.h"
#include "model/batch.h"
#include "pipeline/fold_worker.h"
#include "source/source.h"
#include "transform/evaluator.h"

namespace tallymill {

// What a Rereader is made of. Everything outlives it.
struct RereadParts {
  const PipelineSpec& spec;
  const Clock& clock;
  Source& source;  // Nobody else assigns it.
  std::function<std::unique_ptr<Decoder>()> make_decoder;
  std::function<std::unique_ptr<Evaluator>()> make_evaluator;
};

// Which records to read, and what they were folded with.
struct RereadOrder {
  std::vector<BatchRange> ranges;  // In (topic, partition) order.
  // Where to begin in each range, in their order: its `from`, or behind a gap that it holds.
  std::vector<Offset> starts;
  std::vector<std::shared_ptr<const LookupTable>> lookups;  // In the order of spec.lookups.
  std::vector<LookupUse> uses;                              // What the batch names of them.
  RecordSet refused;
};

class Rereader {
 public:
  // Waits at most `patience` for the next record of a range before it gives up.
  explicit Rereader(RereadParts parts, std::size_t workers = 1,
                    Duration patience = std::chrono::seconds(30));

  // Returns the batch, without sequence and id. Fails with Reaction::retry if the source does not
  // answer; with Reaction::stop and code "not_held" if it says that a position is gone; else as a
  // record fails that stops a pipeline.
  // REQUIRES: each range's topic has that id, and holds it whole from its start on.
  [[nodiscard]] Result<std::shared_ptr<const Batch>> read(const RereadOrder& order);

 private:
  [[nodiscard]] Result<void> assign(const RereadOrder& order);
  [[nodiscard]] Result<void> fold_all();
  [[nodiscard]] Result<void> check_events();

  RereadParts parts_;
  // The live one's, but for the share of rejects that stops it: a batch in the ledger has passed.
  PipelineSpec spec_;
  Duration patience_;
  AssignmentEpoch epoch_;
  std::vector<std::unique_ptr<FoldWorker>> workers_;
};

}  // namespace tallymill
