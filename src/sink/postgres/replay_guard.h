#pragma once

#include <string>

#include "sink/postgres/connection.h"

namespace tallymill::postgres {

// Fails with Reaction::stop and code "replay_running" while a replay of one of the pipeline's
// aggregations is under way: what it has read is settled, and must stay so. REQUIRES: within a
// transaction that holds the pipeline's row; a replay looks at it under that lock, too.
[[nodiscard]] inline Result<void> check_no_replay(Connection& connection,
                                                  const std::string& pipeline_table,
                                                  const std::string& pipeline, Duration timeout) {
  TRY_ASSIGN(const QueryResult shadow,
             connection.query("SELECT pipeline FROM " + pipeline_table +
                                  " WHERE starts_with(pipeline, $1 || '.replay.')",
                              Params().text(pipeline), timeout));
  if (shadow.rows() == 0) return {};
  return Error(Reaction::stop, "replay_running",
               "a replay is under way (" + shadow.text(0, 0) +
                   "); let it end, or end it: tallymill replay --abandon");
}

}  // namespace tallymill::postgres
