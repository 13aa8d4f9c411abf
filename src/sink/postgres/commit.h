#pragma once

#include "sink/postgres/session.h"

namespace tallymill::postgres {

// One try at committing a batch, in one transaction: lock, compare and set, upsert, dead letters,
// gaps, lookup versions, ledger row, COMMIT. Nothing that touches a user's table comes before the
// compare-and-set (rule R2).
[[nodiscard]] CommitResult commit_batch(Session& session, const Batch& batch);

// Decides a batch whose fate is not certain, by value and under locks (rules R3, R4).
// REQUIRES: called on a new connection.
[[nodiscard]] Result<Resolution> resolve_batch(Session& session, const Batch& batch);

}  // namespace tallymill::postgres
