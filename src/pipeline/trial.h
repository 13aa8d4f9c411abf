#pragma once

// What records would come to: they are handed in, rows and dead letters come out. The same worker folds
// them and the same assembly adds them up as in the daemon, and nothing else is there: no thread, no
// store, no checkpoint, no clock but the one that is passed in.
//
// Not thread-safe.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "config/spec.h"
#include "decode/decoder.h"
#include "model/batch.h"
#include "pipeline/fold_worker.h"
#include "pipeline/lookups.h"
#include "source/handed_source.h"
#include "transform/evaluator.h"

namespace tallymill {

struct TrialParts {
  const PipelineSpec& spec;
  const Clock& clock;
  std::unique_ptr<Decoder> decoder;
  std::unique_ptr<Evaluator> evaluator;
  LookupTables lookups;  // In the order of spec.lookups.
};

struct TrialLimits {
  std::size_t memory = std::size_t{64} << 20;  // Of groups, about.
  std::size_t letters = 1000;                  // Dead letters that are kept; all are counted.
};

struct TrialOutcome {
  std::shared_ptr<const Batch> batch;          // Without ranges; dead letters without payload.
  std::map<std::string, std::int64_t> letters; // All there were, by reason.
  UnusableByReason unusable;                   // Rejected or skipped.
  std::optional<Error> stopped;                // The record that would stop the pipeline.
  bool full = false;                           // The groups took all the memory there is.
};

class Trial {
 public:
  // `partitions` are what Record::source_partition counts into. Specification and clock outlive the
  // trial.
  Trial(TrialParts parts, std::vector<TopicPartition> partitions, TrialLimits limits);
  // The outcome's rows use what the trial holds.
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  // Counts the records. They must come in the order of their offsets; one that comes again is ignored.
  // Returns false once it takes no more.
  bool offer(std::span<const Record> records);

  // Ends the trial. The outcome's rows live as long as the trial. Fails as assemble() does, but for
  // the share of dead letters, which stops nothing here.
  [[nodiscard]] Result<TrialOutcome> finish();

  // Whether a batch of so many unusable records would stop the pipeline.
  [[nodiscard]] static bool exceeds_ratio(const PipelineSpec& spec, const BatchCounts& counts);

 private:
  void gather();

  PipelineSpec spec_;
  TrialLimits limits_;
  HandedSource source_;
  FoldWorker worker_;
  Part sum_;
  std::map<std::string, std::int64_t> letters_;
  bool full_ = false;
};

}  // namespace tallymill
