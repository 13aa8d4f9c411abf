#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "metrics/pipeline_metrics.h"

namespace tallymill::testing {

// Keeps what the loop tells of itself.
class RecordedMetrics final : public PipelineMetrics {
 public:
  void state(PipelineState state) override {
    if (state == PipelineState::stopped && last_state != state) ++stops;
    last_state = state;
  }
  void stopped_by(std::string_view code) override { stop_codes.emplace_back(code); }
  void took_over() override { ++takeovers; }
  void committed(const Batch& batch, std::int64_t /*rows*/, WallTime /*now*/) override {
    used += batch.counts.used;
  }
  void aggregation(const std::string& /*name*/, const AggregationCounts& counts) override {
    folded += counts.folded;
  }
  void stage(Stage stage, Duration spent) override { stages[stage].push_back(spent); }
  void commit_outcome(std::string_view outcome) override { ++outcomes[std::string(outcome)]; }
  void batch_dropped(std::string_view why) override { ++drops[std::string(why)]; }
  void messages_ignored(std::int64_t count) override { ignored += count; }
  void lag(const TopicPartition& where, double records, double seconds) override {
    lags[where] = {records, seconds};
  }
  void lookup(const std::string& name, Duration since, Duration /*refresh*/) override { lookup_ages[name] = since; }
  void progress_unknown() override {
    lags.clear();
    lookup_ages.clear();
  }
  void lag_gone(const TopicPartition& where) override { lags.erase(where); }
  void checkpoint_age(std::optional<double> seconds) override { age = seconds; }
  void memory(std::string_view owner, std::size_t bytes) override { memory_of[std::string(owner)] = bytes; }
  void reconnects(std::int64_t /*total*/) override {}
  void partition_stalled(const TopicPartition& where) override { stalled.push_back(where); }

  PipelineState last_state = PipelineState::starting;
  int stops = 0;
  int takeovers = 0;
  std::vector<std::string> stop_codes;
  std::int64_t used = 0;
  std::int64_t folded = 0;
  std::int64_t ignored = 0;
  std::optional<double> age;
  std::map<Stage, std::vector<Duration>> stages;
  std::map<std::string, std::size_t> memory_of;  // As told last.
  std::map<std::string, int> outcomes;
  std::map<std::string, int> drops;
  std::map<TopicPartition, std::pair<double, double>> lags;
  std::map<std::string, Duration> lookup_ages;
  std::vector<TopicPartition> stalled;
};

}  // namespace tallymill::testing
