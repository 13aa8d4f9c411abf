#pragma once

// Proves batches of the ledger: reads their ranges again, with the lookups of their time, and
// compares what they come to (promise P5). A batch differs only if the topic still holds every
// record that it read and the configuration is the one that it was counted with; whatever else keeps
// it from being compared makes it not verifiable, with the reason.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/reread.h"
#include "sink/ledger.h"

namespace tallymill {

struct Verdict {
  enum class Kind : std::uint8_t { equal, differs, not_verifiable };
  Kind kind = Kind::equal;
  std::string why;  // What differs, or why it cannot be verified; empty if equal.
};

// Why a topic no longer holds what a batch has read; nothing if it does. Pure: asks nobody.
[[nodiscard]] std::optional<std::string> why_not_held(const LedgerBatch& batch,
                                                      const std::vector<TopicInfo>& topics);

// What differs between a batch that was read again and its ledger row. Pure.
[[nodiscard]] Verdict compare_with_ledger(const PipelineSpec& spec, const LedgerBatch& stored,
                                          const Batch& again);

class Verifier {
 public:
  // `ledger`, and what `parts` name, outlive it.
  Verifier(RereadParts parts, Ledger& ledger, std::size_t workers = 1);

  // Fails with Reaction::retry if source or ledger do not answer: then nothing is known.
  [[nodiscard]] Result<Verdict> verify(std::int64_t sequence);

 private:
  // The lookups of the batch's time; nothing with a reason in `why` if they are not there any more.
  [[nodiscard]] Result<std::vector<std::shared_ptr<const LookupTable>>> lookups_of(
      const LedgerBatch& batch, std::string& why);
  [[nodiscard]] Result<Verdict> read_again(const LedgerBatch& batch);

  const PipelineSpec& spec_;
  Source& source_;
  Ledger& ledger_;
  Rereader rereader_;
  // The version of each lookup that was used last: the next batch most likely names the same.
  std::map<std::string, std::shared_ptr<const LookupTable>> tables_;
};

}  // namespace tallymill
