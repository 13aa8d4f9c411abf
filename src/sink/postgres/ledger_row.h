#pragma once

#include "sink/postgres/session.h"

namespace tallymill::postgres {

// Sends a batch's row of the ledger; nothing for a batch that did nothing but move checkpoints.
// REQUIRES: within the batch's transaction.
[[nodiscard]] Result<void> insert_ledger_row(const Session& session, Statements& statements,
                                             const Batch& batch);

}  // namespace tallymill::postgres
