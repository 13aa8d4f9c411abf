#pragma once

#include <optional>
#include <string>

#include "model/rows.h"
#include "sink/postgres/session.h"

namespace tallymill::postgres {

// The code of the Error of a stored row that cannot be merged with the batch's.
inline constexpr const char* refused_merge_code = "refused_merge";

// Sends what merges a batch's rows into the pipeline's tables, in key order, in slices of bounded size
// (rule R10). REQUIRES: within a transaction, after what compares and sets the checkpoints.
// Fails, or the statements do, with Reaction::reject and code 22003 if a value does not fit its column
// by itself; with refused_merge_code if C++ cannot merge a stored row; with "rows_missing" unless the
// table took every row; else as the server says.
[[nodiscard]] Result<void> write_rows(const Session& session, Statements& statements,
                                      const Batch& batch);

// After the server refused a merge with 22003: the first row whose sum leaves a column's range, as
// "column n of the row with key (...)". Nothing if there is none: then a value itself was refused.
[[nodiscard]] Result<std::optional<std::string>> find_overflow(Statements& statements,
                                                               const TablePlan& plan,
                                                               const Rows& rows);

}  // namespace tallymill::postgres
