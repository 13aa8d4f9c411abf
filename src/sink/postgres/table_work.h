#pragma once

// What has to be done to one aggregation's table before records are counted into it: found by reading,
// and its doing. A start, `plan` and `migrate` go by the same value.
// REQUIRES of all: within a transaction.

#include <chrono>

#include "sink/postgres/session.h"
#include "sink/postgres/start_work.h"
#include "sink/postgres/table_standing.h"

namespace tallymill::postgres {

// A table of no more bytes is rewritten by a start, within a second or two; a larger one only where a
// person says so.
inline constexpr std::int64_t quick_rewrite = std::int64_t{32} << 20;

// Fails with Reaction::stop where nothing of ours can settle it: the table is another pipeline's, differs
// otherwise than by columns that are new in the configuration, and so on. `growth`: null if none.
[[nodiscard]] Result<TableWork> find_table_work(const Session& session, Connection& connection,
                                                const AggregationSpec& aggregation,
                                                const Registrations& registrations,
                                                const Growth* growth);
// Whether a start does it. Fails with Reaction::stop and what to run where postgres.ddl, the role's
// privileges or the table's size do not allow it.
[[nodiscard]] Result<void> may_do(const Session& session, Connection& connection, const TablePlan& plan,
                                  const TableWork& work);
// Waits for a lock on a table that is there no longer than `lock_timeout`: whoever comes to it
// meanwhile waits, too.
[[nodiscard]] Result<void> do_work(const Session& session, Connection& connection, const TableWork& work,
                                   std::chrono::milliseconds lock_timeout);

}  // namespace tallymill::postgres
