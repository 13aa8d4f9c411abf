#pragma once

#include "model/rows.h"
#include "sink/postgres/session.h"

namespace tallymill::postgres {

// Merges a batch's rows into their table, in key order, in slices of bounded size (rule R10).
// Returns how many rows were written. REQUIRES: within a transaction, after the checkpoints were
// compared and set. The error of a value that does not fit its column has code 22003.
[[nodiscard]] Result<std::int64_t> write_rows(const Session& session, Connection& connection,
                                              const TablePlan& plan, const Rows& rows);

}  // namespace tallymill::postgres
