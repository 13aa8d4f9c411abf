#pragma once

// The rows of the daemon's own tables that a batch writes beside the aggregates.

#include <vector>

#include "sink/postgres/session.h"

namespace tallymill::postgres {

// REQUIRES of all: within the batch's transaction.
[[nodiscard]] Result<void> insert_dead_letters(const Session& session, Statements& statements,
                                               const Batch& batch);
[[nodiscard]] Result<void> insert_gaps(const Session& session, Statements& statements,
                                       const Batch& batch);

// Contents of lookups, compressed, stored when the first batch has used them; nothing for a batch that did
// nothing but move checkpoints. The batch must outlive it.
class LookupVersions {
 public:
  LookupVersions(const Session& session, const Batch& batch) : session_(session), batch_(batch) {}

  // Sends the question whether they are stored.
  [[nodiscard]] Result<void> ask(Statements& statements);
  // Sends what is to be written; nothing as a rule. REQUIRES: the question is answered.
  [[nodiscard]] Result<void> write(Statements& statements) const;

 private:
  enum class Stored : std::uint8_t { no, long_unused, yes };
  [[nodiscard]] Params identity(const LookupUse& use) const;

  const Session& session_;
  const Batch& batch_;
  std::vector<Stored> stored_;  // One per use.
};

}  // namespace tallymill::postgres
