#pragma once

// postgres.readers: roles that get SELECT on the tables of aggregates and on the status view.

#include <string>

#include "config/spec.h"
#include "sink/postgres/session.h"

namespace tallymill::postgres {

// GRANT statements for all readers; empty if there are none.
[[nodiscard]] std::string grants_on_table(const PostgresSpec& postgres, const TablePlan& plan);
[[nodiscard]] std::string grants_on_status(const PostgresSpec& postgres);

// The GRANT statements for what is readable by some of them only; what is not there yet is. Fails with
// Reaction::stop if a role does not exist. REQUIRES: within a transaction.
[[nodiscard]] Result<std::string> find_reader_grants(const Session& session, Connection& connection);

}  // namespace tallymill::postgres
