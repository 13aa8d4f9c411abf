#pragma once

// Offers dead letters again, through the configuration and the lookups of now, to what rejected
// them: all aggregations, or the one that a late record missed.

#include <memory>
#include <string>

#include "pipeline/lookups.h"
#include "pipeline/reread.h"
#include "sink/dead_letter_store.h"
#include "source/record_source.h"

namespace tallymill {

struct RetryOutcome {
  enum class Kind : std::uint8_t { counted, still_rejected, refused, gone };
  Kind kind = Kind::counted;
  std::string why;  // Empty if counted.
};

// What a record does to one aggregation alone: the others get no row of it, and count it as filtered.
// Digests follow. REQUIRES: the spec has that aggregation.
[[nodiscard]] Batch restrict_to(const PipelineSpec& spec, const Batch& batch,
                                const std::string& aggregation);

class Retrier {
 public:
  // `letters`, and what `parts` name, outlive it. `parts.source` is asked for records whose bytes
  // were not kept whole.
  Retrier(RereadParts parts, DeadLetterStore& letters, const LookupTables& lookups);

  // Counts the letter's record or says why not; then the letter is still there, unless it is gone.
  // Fails with Reaction::retry if source or store do not answer; with Reaction::stop if no letter of
  // the pipeline can be counted.
  [[nodiscard]] Result<RetryOutcome> retry(const StoredLetter& letter);

 private:
  // Nothing with a reason in `why` if the record is not to be had any more.
  [[nodiscard]] Result<std::shared_ptr<const Batch>> fold(const StoredLetter& letter,
                                                          std::string& why);
  [[nodiscard]] Result<std::string> why_not_held(const DeadLetter& letter);

  const PipelineSpec& spec_;
  Source& source_;
  DeadLetterStore& letters_;
  RereadOrder order_;  // With the lookups of now.
  RecordSource kept_;
  Rereader from_kept_;
  Rereader from_source_;
};

}  // namespace tallymill
