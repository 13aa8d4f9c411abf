#pragma once

// Where a replay reads from, and what it cannot read any more.

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "config/spec.h"
#include "model/batch.h"
#include "sink/replay_store.h"
#include "source/source.h"

namespace tallymill {

// What was counted of topics that are gone, or were made anew since, may fall out of the table.
enum class LoseTopics : bool { no, yes };

struct ReplayStarts {
  std::vector<Checkpoint> checkpoints;  // One for each of the live ones, in their order.
  std::vector<std::string> lost;        // What falls out, one line each: "ads-us/0 [0, 50): ...".
};

// Where `shadow`, of shadow_of(), begins: where the live pipeline did, or, for windows from `from` on, at the first
// record that may belong to one. A partition whose topic is gone stays closed, where the live pipeline
// closed it. Fails with Reaction::stop and code "replay_impossible", and says what would do, if the topics
// do not hold all that it takes. Asks with deadlines.
[[nodiscard]] Result<ReplayStarts> replay_starts(const PipelineSpec& shadow, const LiveStanding& standing,
                                                 std::optional<Timestamp> from, LoseTopics lose,
                                                 Source& source);

// Whether a shadow that was begun before may go on: one that leaves topics out only if that is said again.
// Fails as replay_starts().
[[nodiscard]] Result<void> may_leave_out(const LiveStanding& standing, LoseTopics lose);

}  // namespace tallymill
