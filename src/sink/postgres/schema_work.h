#pragma once

// The daemon's own schema and tables: what has to be done to them, found by reading, and its doing.
// REQUIRES of all: within a transaction.

#include "sink/postgres/session.h"
#include "sink/postgres/start_work.h"

namespace tallymill::postgres {

// Fails with Reaction::stop where nothing of ours can settle it: the role lacks privileges on tables
// that are there, or a newer version made them.
[[nodiscard]] Result<SchemaWork> find_schema_work(const Session& session, Connection& connection);
// Whether a start does it. Fails with Reaction::stop and what to run where postgres.ddl or the role's
// privileges do not allow it.
[[nodiscard]] Result<void> may_do(const Session& session, Connection& connection, const SchemaWork& work);
// Needs no more than it says: nobody else does it at this time.
[[nodiscard]] Result<void> do_work(const Session& session, Connection& connection, const SchemaWork& work);

}  // namespace tallymill::postgres
