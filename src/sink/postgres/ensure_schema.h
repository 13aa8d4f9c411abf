#pragma once

#include "sink/postgres/session.h"

namespace tallymill::postgres {

// Makes the daemon's own schema and tables, or brings those of an older version up to date, where
// postgres.ddl allows it. Fails with Reaction::stop and what to run where it does not, where the
// role lacks privileges, and for a newer version. REQUIRES: within a transaction; nobody else makes
// them at this time.
[[nodiscard]] Result<void> ensure_schema(const Session& session, Connection& connection);

}  // namespace tallymill::postgres
