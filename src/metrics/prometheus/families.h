#pragma once

// Every metric as the client library has it. What each means is in metrics/metric_table.cc.

#include <string>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace tallymill {

struct MetricFamilies {
  explicit MetricFamilies(prometheus::Registry& registry);

  // Takes away whatever has the label of that pipeline. REQUIRES: nobody holds one of those metrics.
  void forget(const std::string& pipeline);

  prometheus::Family<prometheus::Counter>& records;
  prometheus::Family<prometheus::Counter>& aggregation_records;
  prometheus::Family<prometheus::Counter>& dead_letters;
  prometheus::Family<prometheus::Counter>& gaps;
  prometheus::Family<prometheus::Counter>& rows_written;
  prometheus::Family<prometheus::Counter>& commits;
  prometheus::Family<prometheus::Counter>& batches_dropped;
  prometheus::Family<prometheus::Counter>& messages_ignored;
  prometheus::Family<prometheus::Counter>& stalls;
  prometheus::Family<prometheus::Counter>& takeovers;
  prometheus::Family<prometheus::Gauge>& reconnects;
  prometheus::Family<prometheus::Histogram>& stage;
  prometheus::Family<prometheus::Histogram>& batch_records;
  prometheus::Family<prometheus::Histogram>& record_latency;
  prometheus::Family<prometheus::Histogram>& event_latency;
  prometheus::Family<prometheus::Gauge>& lag_records;
  prometheus::Family<prometheus::Gauge>& lag_seconds;
  prometheus::Family<prometheus::Gauge>& checkpoint_age;
  prometheus::Family<prometheus::Gauge>& last_commit;
  prometheus::Family<prometheus::Gauge>& last_batch;
  prometheus::Family<prometheus::Gauge>& lookup_age;
  prometheus::Family<prometheus::Gauge>& lookup_refresh;
  prometheus::Family<prometheus::Gauge>& memory;
  prometheus::Family<prometheus::Gauge>& memory_limit;
  prometheus::Family<prometheus::Gauge>& resident_memory;
  prometheus::Family<prometheus::Gauge>& start_time;
  prometheus::Family<prometheus::Gauge>& state;
  prometheus::Family<prometheus::Gauge>& stopped;
  prometheus::Family<prometheus::Gauge>& build_info;
  prometheus::Family<prometheus::Gauge>& config_info;
  prometheus::Family<prometheus::Gauge>& reload_successful;
  prometheus::Family<prometheus::Gauge>& reload_success_time;
  prometheus::Family<prometheus::Gauge>& log_lines_dropped;
};

}  // namespace tallymill
