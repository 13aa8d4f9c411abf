#pragma once

// What has to become of a pipeline's row under a configuration: decided from what is stored, by `plan`,
// by a start and by whoever waits for its turn alike.

#include <optional>
#include <string>

#include "config/spec.h"
#include "sink/postgres/session.h"
#include "sink/postgres/start_work.h"

namespace tallymill::postgres {

enum class RowLock : bool { no, yes };

// REQUIRES: within a transaction; the daemon's own tables are there, of whatever version.
[[nodiscard]] Result<std::optional<StoredPipeline>> read_pipeline(const Session& session,
                                                                  Connection& connection,
                                                                  const std::string& name, RowLock lock);

// Fails with Reaction::stop and code "config_changed" if another configuration has counted and this one
// is no growth of it; the message shows the difference.
[[nodiscard]] Result<PipelineWork> find_pipeline_work(const PipelineSpec& pipeline,
                                                      const std::optional<StoredPipeline>& stored);

}  // namespace tallymill::postgres
