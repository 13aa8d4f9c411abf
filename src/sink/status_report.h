#pragma once

// What the store can tell of all pipelines without a daemon: values of one snapshot.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/timestamp.h"
#include "sink/told_state.h"

namespace tallymill {

// A row of the ledger, without its ranges.
struct BatchReport {
  std::int64_t sequence = 0;
  std::string id;
  Timestamp committed_at;
  std::int64_t read = 0;
  std::int64_t used = 0;
  std::int64_t skipped = 0;
  std::int64_t rejected = 0;
  std::int64_t rows = 0;
  double fold_ms = 0;
  double wait_ms = 0;
};

struct InstanceReport {
  std::string instance;
  std::string state;  // As it said of itself.
  std::string version;
  bool holds_lease = false;
  std::chrono::milliseconds seen_ago{};
  // Configuration and version are as the lease holder's; nothing if nobody who lives holds it.
  std::optional<bool> same_revision;
};

struct CheckpointReport {
  std::string topic;
  std::int64_t partition = 0;
  std::string next_offset;  // Digits.
};

struct PipelineReport {
  std::string name;
  bool known = true;        // To the store; one of the configuration that never ran is not.
  std::string wanted;       // "running", "paused".
  std::string instance;     // That held the lease last; may be empty.
  std::int64_t last_batch = 0;
  // Of the last batch; nothing while there is none, or its ledger row was pruned.
  std::optional<Timestamp> last_commit;
  std::optional<std::chrono::milliseconds> since_last_commit;
  std::int64_t dead_letters = 0;
  std::int64_t gaps = 0;
  std::vector<BatchReport> batches;  // The newest first.
  std::vector<InstanceReport> instances;  // Who holds the lease first.
  std::vector<CheckpointReport> checkpoints;

  // A word: "paused" if somebody wants it so; else what its holder says of itself; "silent" if that one
  // has not been heard of for ten seconds; "nobody" if nobody who lives holds it; "never ran".
  [[nodiscard]] std::string state() const {
    if (!known) return "never ran";
    if (wanted == "paused") return wanted;
    if (instances.empty() || !instances.front().holds_lease) return "nobody";
    return told_state(instances.front().state, instances.front().seen_ago);
  }
};

struct StatusReport {
  Timestamp at;  // By the store's clock.
  std::vector<PipelineReport> pipelines;  // By name.

  // Adds a pipeline of the configuration if the store does not know it.
  void expect(const std::string& name) {
    const auto place = std::find_if(pipelines.begin(), pipelines.end(),
                                    [&name](const PipelineReport& one) { return one.name > name; });
    const bool known = std::any_of(pipelines.begin(), pipelines.end(),
                                   [&name](const PipelineReport& one) { return one.name == name; });
    if (known) return;
    PipelineReport added;
    added.name = name;
    added.known = false;
    added.wanted = "running";
    pipelines.insert(place, std::move(added));
  }
};

}  // namespace tallymill
