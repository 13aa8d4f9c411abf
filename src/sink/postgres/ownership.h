#pragma once

// What must be there before the first fetch: schema, pipeline row, and tables tied to their owners.

#include "config/growth.h"
#include "sink/postgres/session.h"

namespace tallymill::postgres {

// Makes or compares all of it in one transaction, and returns the progress as stored. Does nothing
// that is done already.
[[nodiscard]] Result<Progress> open_pipeline(Session& session, Connection& connection);

// Does what open_pipeline() does and takes it back, so that what would keep the pipeline from starting is
// found while another configuration of it runs. That one's commit waits meanwhile. A lease of our
// instance's name is no obstacle: the start takes it back before it goes on.
[[nodiscard]] Result<void> rehearse_opening(Session& session, Connection& connection);

// Makes, compares and claims the tables of all aggregations. `growth`: what the configuration counts
// more than the one before it; null if nothing. REQUIRES: within a transaction that holds the pipeline's
// row.
[[nodiscard]] Result<void> ensure_tables(const Session& session, Connection& connection,
                                         const Growth* growth);

// One process at a time makes schema and tables: waits for the others, to the transaction's end.
[[nodiscard]] Result<void> lock_ddl(const Session& session, Connection& connection);

}  // namespace tallymill::postgres
