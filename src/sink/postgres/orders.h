#pragma once

// What persons tell a pipeline: rows that the daemon obeys at its next cut, or with a heartbeat where
// there is nothing to cut. Each is one transaction that locks the pipeline's row first, as commits do
// (rule R2), so it falls between two batches, never into one.
//
// They return what was done, in words; with Rehearsal::yes, what would be done, and nothing is.
// Each fails with Reaction::stop and code "pipeline_missing" if there is no such pipeline.

#include <string>

#include "config/spec.h"
#include "sink/postgres/options.h"

namespace tallymill::postgres {

enum class Rehearsal : bool { no, yes };

[[nodiscard]] Result<std::string> pause_pipeline(const PostgresSpec& postgres,
                                                 const std::string& pipeline, Rehearsal rehearsal,
                                                 const SecretResolver& secrets);

// Lets a paused or stopped pipeline go on. What is accepted holds for the next start and its first
// commit, which records the gap.
struct Acceptance {
  bool gap = false;    // Records that the topic no longer holds.
  bool topic = false;  // A topic that was made anew.
};
[[nodiscard]] Result<std::string> resume_pipeline(const PostgresSpec& postgres,
                                                  const std::string& pipeline,
                                                  Acceptance acceptance, Rehearsal rehearsal,
                                                  const SecretResolver& secrets);

// Forgets a pipeline: its checkpoints, ledger, dead letters, gaps and lookups, and its claim to its
// tables, which are dropped, too, if `tables` says so. Fails with code "pipeline_in_use" while an
// instance holds it: that instance would make it again.
enum class DropTables : bool { no, yes };
[[nodiscard]] Result<std::string> drop_pipeline(const PostgresSpec& postgres,
                                                const std::string& pipeline, DropTables tables,
                                                Rehearsal rehearsal, const SecretResolver& secrets);

}  // namespace tallymill::postgres
