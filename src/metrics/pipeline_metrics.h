#pragma once

// What the loop tells of itself. The loop never sees a metrics library; tests hand it a recorder.
//
// Thread-safe. Counters of records move after the commit that counted them, so they agree with the
// tables; `attempted` ones say so in their names.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "model/batch.h"

namespace tallymill {

enum class Stage : std::uint8_t { fold, wait, upsert, commit };
enum class PipelineState : std::uint8_t { starting, running, standby, paused, stopped };

[[nodiscard]] constexpr std::string_view to_string(PipelineState state) {
  switch (state) {
    case PipelineState::starting: return "starting";
    case PipelineState::running: return "running";
    case PipelineState::standby: return "standby";
    case PipelineState::paused: return "paused";
    case PipelineState::stopped: break;
  }
  return "stopped";
}

class PipelineMetrics {
 public:
  virtual ~PipelineMetrics() = default;

  virtual void state(PipelineState state) = 0;
  // In state `stopped`: the code of the error that stopped it.
  virtual void stopped_by(std::string_view code) = 0;
  // This instance began to count: at its start, or after another one.
  virtual void took_over() = 0;
  // A batch is durable: its counts, sizes and latencies. `now` is the wall clock at that moment.
  virtual void committed(const Batch& batch, std::int64_t rows_written, WallTime now) = 0;
  // The same batch, for one of its aggregations.
  virtual void aggregation(const std::string& name, const AggregationCounts& counts) = 0;
  virtual void stage(Stage stage, Duration spent) = 0;
  // "acked", "failed", "conflict", "unknown", "refused_data", "refused_merge", "stop".
  virtual void commit_outcome(std::string_view outcome) = 0;
  // "superseded", "rewound", "mixed", "rows_gone", "lease_lost", "database_refused", "topic_changed" ...
  virtual void batch_dropped(std::string_view why) = 0;
  // Messages of an old epoch or below the expected offset.
  virtual void messages_ignored(std::int64_t count) = 0;
  // Of one partition: how many offsets behind, and the age of the oldest record not yet counted.
  virtual void lag(const TopicPartition& where, double records, double seconds) = 0;
  // Nobody here knows it any more: another instance counts, or nobody.
  virtual void lag_unknown() = 0;
  // Nothing: it is for another instance to tell, or the pipeline is paused.
  virtual void checkpoint_age(std::optional<double> seconds) = 0;
  virtual void memory(std::string_view owner, std::size_t bytes) = 0;
  virtual void reconnects(std::int64_t total) = 0;
  virtual void partition_stalled(const TopicPartition& where) = 0;
};

}  // namespace tallymill
