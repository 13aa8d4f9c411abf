#pragma once

#include <string>
#include <vector>

#include "config/spec.h"
#include "model/batch.h"
#include "sink/postgres/options.h"
#include "sink/postgres/orders.h"

namespace tallymill::postgres {

enum class Truncate : bool { no, yes };

// Has a pipeline count anew from `starts`, under the configuration given: one transaction that holds
// the pipeline's row, so it falls between two batches. Checkpoints, ledger, dead letters and gaps of
// what was counted before are forgotten with it: a dead letter that was kept could be retried and
// counted twice.
//
// Never adds onto rows: a table that holds some is emptied if `truncate` says so, or else it fails
// with code "table_not_empty" and changes nothing. The batch sequence goes on by one, so that a
// daemon's batch under way conflicts, and the daemon follows the checkpoints that it then finds.
//
// Returns what was done, in words, or, with Rehearsal::yes, what would be.
[[nodiscard]] Result<std::string> reset_pipeline(const PostgresSpec& postgres,
                                                 const PipelineSpec& pipeline,
                                                 const std::vector<Checkpoint>& starts,
                                                 Truncate truncate, Rehearsal rehearsal,
                                                 const SecretResolver& secrets);

}  // namespace tallymill::postgres
