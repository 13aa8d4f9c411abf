#pragma once

#include <string>

#include "config/spec.h"

namespace tallymill::postgres {

// Everything that a role with CREATE has to run so that `daemon_role` needs neither CREATE nor TEMP:
// all DDL and GRANTs for an empty database, and at the end the GRANTs on tables that lookups read, which
// must be there; safe to run again. What a changed configuration adds to
// tables that are there, only the database can tell: apply_migration.h.
[[nodiscard]] std::string migration_sql(const Spec& spec, const std::string& daemon_role);

// The GRANT statements of it: on the daemon's own tables, and on one aggregation's.
[[nodiscard]] std::string grants_on_schema(const PostgresSpec& postgres, const std::string& daemon_role);
[[nodiscard]] std::string grants_on_target(const PostgresSpec& postgres, const TablePlan& plan,
                                           const std::string& daemon_role);

}  // namespace tallymill::postgres
