#pragma once

// Reading and first writing of a pipeline's rows: what it has counted, and who holds it.

#include <string>
#include <vector>

#include "sink/postgres/session.h"

namespace tallymill::postgres {

// What persons want of a pipeline: columns of its row, to be read from the `first` on. Without its row, or where
// an outer join found none, the pipeline is gone, and so paused.
[[nodiscard]] std::string orders_columns();
[[nodiscard]] Orders read_orders(const QueryResult& rows, int row, int first);

// REQUIRES of those that follow: within a transaction. Rows are locked unless said otherwise: the pipeline's first, then the
// checkpoints' in (topic, partition) order (rule R2).

// Fails with Reaction::stop and code "pipeline_missing" if there is no such pipeline.
[[nodiscard]] Result<Progress> read_progress(const Session& session, Connection& connection);

// Locks nothing.
[[nodiscard]] Result<Orders> observe_orders(const Session& session, Connection& connection);

// Fails as Store::insert_checkpoints(), for whose sake it locks the pipeline's row.
[[nodiscard]] Result<void> check_unchanged(const Session& session, Connection& connection,
                                           const Progress& seen);

[[nodiscard]] Result<void> insert_checkpoints(const Session& session, Connection& connection,
                                              const std::vector<Checkpoint>& checkpoints);

}  // namespace tallymill::postgres
