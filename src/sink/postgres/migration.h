#pragma once

#include <string>

#include "base/error.h"
#include "config/spec.h"
#include "sink/postgres/options.h"

namespace tallymill::postgres {

// Everything that a role with CREATE has to run so that `daemon_role` needs neither CREATE nor TEMP:
// all DDL and GRANTs, safe to run again.
[[nodiscard]] std::string migration_sql(const Spec& spec, const std::string& daemon_role);

// Runs it in one transaction. Connects as postgres.dsn says.
[[nodiscard]] Result<void> apply_migration(const Spec& spec, const std::string& daemon_role,
                                           const SecretResolver& secrets);

}  // namespace tallymill::postgres
