#pragma once

#include "sink/postgres/session.h"

namespace tallymill::postgres {

// Writes a batch's row of the ledger; nothing for a batch that did nothing but move checkpoints.
// REQUIRES: within the batch's transaction.
[[nodiscard]] Result<void> insert_ledger_row(const Session& session, Connection& connection,
                                             const Batch& batch, std::int64_t rows_written);

}  // namespace tallymill::postgres
