#pragma once

// What must be there before the first fetch: schema, pipeline row, and tables tied to their owners.

#include "sink/postgres/session.h"

namespace tallymill::postgres {

// Makes or compares all of it in one transaction, and returns the progress as stored. Does nothing
// that is done already.
[[nodiscard]] Result<Progress> open_pipeline(Session& session, Connection& connection);

// Makes, compares and claims the tables of all aggregations. REQUIRES: within a transaction that holds
// the pipeline's row.
[[nodiscard]] Result<void> ensure_tables(const Session& session, Connection& connection);

}  // namespace tallymill::postgres
