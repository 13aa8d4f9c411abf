#pragma once

// The version of the daemon's own tables that are there.

#include <cstdint>

#include "sink/postgres/session.h"

namespace tallymill::postgres {

// REQUIRES of the first two: within a transaction.
[[nodiscard]] Result<bool> has_table_of_versions(const Transactions& session, Connection& connection);
[[nodiscard]] Result<std::int64_t> version_of(const Transactions& session, Connection& connection);
// That this program does not work with it, and who does or what to run. REQUIRES: it is another one.
[[nodiscard]] Error other_version(const Transactions& session, std::int64_t version);

}  // namespace tallymill::postgres
