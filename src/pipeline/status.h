#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "metrics/pipeline_metrics.h"
#include "model/position.h"
#include "pipeline/history_view.h"
#include "sink/presence.h"

namespace tallymill {

// What a person is told of one partition.
struct PartitionStatus {
  TopicPartition where;
  Offset committed;
  std::optional<Offset> end;

  // Offsets behind, holes included; nothing until the end is known.
  [[nodiscard]] std::optional<std::int64_t> lag() const {
    if (!end) return std::nullopt;
    return *end > committed ? static_cast<std::int64_t>(end->value() - committed.value()) : 0;
  }
};

// How what is counted with now stands to the file or table that a lookup is read from.
struct LookupStatus {
  std::string name;
  Duration age{};       // Since the contents were known to be the same.
  Duration refresh{};   // How often that is looked at.
  std::string failure;  // Why the last reading came to nothing, in words; empty if it did not.
};

// A snapshot of one pipeline, for the status page, readiness and `status`.
struct PipelineStatus {
  std::string name;
  PipelineState state = PipelineState::starting;
  std::string detail;  // Why it is not running, in words; empty while it is.
  std::string trouble;  // What a running pipeline waits for, in words; empty if for nothing.
  std::int64_t last_sequence = 0;
  std::string last_id;  // Of the last batch that this instance committed, as in the ledger.
  std::optional<WallTime> last_commit;
  // Seconds since the last commit, or since nothing was left to count; nothing where that is for
  // another instance to tell.
  std::optional<double> checkpoint_age;
  std::vector<PartitionStatus> partitions;
  std::vector<LookupStatus> lookups;  // Of the instance that counts.
  std::vector<Peer> instances;  // Those that live, this one among them, as the last heartbeat found.
  HistorySummary recent;
};

}  // namespace tallymill
