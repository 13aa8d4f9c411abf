#pragma once

// The rows of the daemon's own tables that a batch writes beside the aggregates.

#include "sink/postgres/session.h"

namespace tallymill::postgres {

// REQUIRES of all: within the batch's transaction.
[[nodiscard]] Result<void> insert_dead_letters(const Session& session, Connection& connection,
                                               const Batch& batch);
[[nodiscard]] Result<void> insert_gaps(const Session& session, Connection& connection,
                                       const Batch& batch);
// Contents that are not stored yet, compressed.
[[nodiscard]] Result<void> insert_lookup_versions(const Session& session, Connection& connection,
                                                  const Batch& batch);

}  // namespace tallymill::postgres
