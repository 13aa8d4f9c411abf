#pragma once

// Asks whether the daemon's role may do what it is about to do, because Postgres's own refusal comes
// late, one at a time, and does not say what to run. Each fails with Reaction::stop, code 42501 and
// the GRANTs that are lacking.

#include <string>
#include <vector>

#include "config/spec.h"
#include "model/table_plan.h"
#include "sink/postgres/session.h"

namespace tallymill::postgres {

// Whether the schema is there; if so, the role may use it.
[[nodiscard]] Result<bool> find_schema(const Transactions& session, Connection& connection,
                                       const std::string& schema);
[[nodiscard]] Result<void> check_may_create_schema(const Transactions& session, Connection& connection,
                                                   const std::string& schema);
// REQUIRES: the schema is there.
[[nodiscard]] Result<void> check_may_create_table(const Transactions& session, Connection& connection,
                                                  const std::string& schema);
// REQUIRES: the relation, as SQL spells it, is there.
[[nodiscard]] Result<void> check_may_alter(const Transactions& session, Connection& connection,
                                           const std::string& relation);
// What commits and pruning do with the daemon's own tables. One that an older version of the schema
// does not have is passed over.
[[nodiscard]] Result<void> check_service_tables(const Transactions& session, Connection& connection);
// REQUIRES: the table is there.
[[nodiscard]] Result<void> check_target_table(const Transactions& session, Connection& connection,
                                              const TablePlan& plan);
// What a lookup does with the columns of a table. REQUIRES: they are there.
[[nodiscard]] Result<void> check_may_read(const Transactions& session, Connection& connection,
                                          const TableName& table, const std::vector<std::string>& columns);

}  // namespace tallymill::postgres
