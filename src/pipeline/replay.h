#pragma once

// Rebuilds one aggregation beside the daemon that goes on counting it. The ordinary engine counts it
// again into a shadow: a pipeline of its own with one aggregation, its own table and checkpoints. Round
// by round it follows the live checkpoints; when it is close behind them, the live pipeline's row is
// locked, the shadow counts the rest, exactly up to the live checkpoints, and the rows are exchanged.
// The daemon's commit that waited for the lock goes on into the same table, at the same checkpoints.
//
// The shadow never reads beyond the live checkpoints: below them it is settled which records are
// rejected. Killed at any point, a replay leaves a shadow that the next one goes on with.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "config/spec.h"
#include "pipeline/pipeline.h"
#include "sink/replay_store.h"

namespace tallymill {

// The pipeline that counts `aggregation` of `live` again. `from`: only windows from there on will be
// exchanged. Its name cannot be one of a configuration, so it belongs to nobody else.
// REQUIRES: live has that aggregation; the name of its table leaves room for the shadow's.
[[nodiscard]] PipelineSpec shadow_of(const PipelineSpec& live, const std::string& aggregation,
                                     std::optional<Timestamp> from);

struct ReplayParts {
  ReplayStore& store;
  const Clock& clock;
  // Counts up to `limits` into the shadow, rejecting these records, and commits.
  std::function<Result<void>(const DrainLimits& limits, const RecordSet& rejected)> count;
  // Told before each round: how many offsets, holes included, lie ahead of the shadow's last round.
  std::function<void(std::int64_t round)> progress;
};

// Follows and exchanges. Returns how many rows the table has got. After a failure the shadow stays,
// and the same call goes on with it.
[[nodiscard]] Result<std::int64_t> replay(const ReplayParts& parts);

}  // namespace tallymill
