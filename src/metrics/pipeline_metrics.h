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
#include "metrics/label_words.h"
#include "model/batch.h"

namespace tallymill {

// In the order of `stages` and `pipeline_states`.
enum class Stage : std::uint8_t { fold, wait, upsert, commit };
enum class PipelineState : std::uint8_t { starting, running, standby, paused, stopped };

[[nodiscard]] constexpr std::string_view to_string(PipelineState state) {
  return pipeline_states.at(static_cast<std::size_t>(state)).word;
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
  // One of commit_outcomes.
  virtual void commit_outcome(std::string_view outcome) = 0;
  // One of drop_causes.
  virtual void batch_dropped(std::string_view why) = 0;
  // Messages of an old epoch or below the expected offset.
  virtual void messages_ignored(std::int64_t count) = 0;
  // Of one partition: how many offsets behind, and the age of the oldest record not yet counted.
  virtual void lag(const TopicPartition& where, double records, double seconds) = 0;
  // How old the contents of a lookup are, and how often they are looked at.
  virtual void lookup(const std::string& name, Duration age, Duration refresh) = 0;
  // Nobody here knows lag and lookups any more: another instance counts, or nobody.
  virtual void progress_unknown() = 0;
  // The partition is not there any more, and that is settled.
  virtual void lag_gone(const TopicPartition& where) = 0;
  // Nothing: it is for another instance to tell, or the pipeline is paused.
  virtual void checkpoint_age(std::optional<double> seconds) = 0;
  // One of memory_owners.
  virtual void memory(std::string_view owner, std::size_t bytes) = 0;
  virtual void reconnects(std::int64_t total) = 0;
  virtual void partition_stalled(const TopicPartition& where) = 0;
};

}  // namespace tallymill
