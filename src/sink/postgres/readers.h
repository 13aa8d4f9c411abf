#pragma once

// postgres.readers: roles that get SELECT on the tables of aggregates and on the status view.

#include <string>

#include "config/spec.h"
#include "sink/postgres/session.h"

namespace tallymill::postgres {

// GRANT statements for all readers; empty if there are none.
[[nodiscard]] std::string grants_on_table(const PostgresSpec& postgres, const TablePlan& plan);
[[nodiscard]] std::string grants_on_status(const PostgresSpec& postgres);

// Grants to readers that lack something. REQUIRES: within a transaction; schema and tables are
// there. Fails with Reaction::stop if a role does not exist.
[[nodiscard]] Result<void> grant_to_readers(const Session& session, Connection& connection);

}  // namespace tallymill::postgres
