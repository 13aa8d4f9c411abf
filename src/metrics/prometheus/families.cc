#include "metrics/prometheus/families.h"

#include <string>
#include <string_view>

#include "base/check.h"
#include "metrics/metric_table.h"

namespace tallymill {
namespace {

using prometheus::Family;
using prometheus::Registry;

template <class Builder>
auto& family(Builder builder, Registry& registry, std::string_view name, MetricKind kind) {
  const Metric& metric = find_metric(name);
  CHECK(metric.kind == kind, "a metric is of the kind that the table says");
  return builder.Name(std::string(name)).Help(std::string(metric.help)).Register(registry);
}

Family<prometheus::Counter>& counter(Registry& registry, std::string_view name) {
  return family(prometheus::BuildCounter(), registry, name, MetricKind::counter);
}
Family<prometheus::Gauge>& gauge(Registry& registry, std::string_view name) {
  return family(prometheus::BuildGauge(), registry, name, MetricKind::gauge);
}
Family<prometheus::Histogram>& histogram(Registry& registry, std::string_view name) {
  return family(prometheus::BuildHistogram(), registry, name, MetricKind::histogram);
}

// `unused` is what a metric is made with; none is.
template <class T, class... Unused>
void forget_in(prometheus::Family<T>& family, const std::string& pipeline, const Unused&... unused) {
  for (const prometheus::MetricFamily& collected : family.Collect()) {
    for (const prometheus::ClientMetric& metric : collected.metric) {
      prometheus::Labels labels;
      for (const auto& label : metric.label) labels[label.name] = label.value;
      const auto of = labels.find("pipeline");
      if (of != labels.end() && of->second == pipeline) family.Remove(&family.Add(labels, unused...));
    }
  }
}

}  // namespace

MetricFamilies::MetricFamilies(prometheus::Registry& r)
    : records(counter(r, "tallymill_records_total")),
      aggregation_records(counter(r, "tallymill_aggregation_records_total")),
      dead_letters(counter(r, "tallymill_dead_letters_total")),
      gaps(counter(r, "tallymill_gaps_total")),
      rows_written(counter(r, "tallymill_rows_written_total")),
      commits(counter(r, "tallymill_commits_total")),
      batches_dropped(counter(r, "tallymill_batches_dropped_total")),
      messages_ignored(counter(r, "tallymill_messages_ignored_total")),
      stalls(counter(r, "tallymill_partition_stalls_total")),
      takeovers(counter(r, "tallymill_takeovers_total")),
      reconnects(gauge(r, "tallymill_postgres_reconnects")),
      stage(histogram(r, "tallymill_stage_duration_seconds")),
      batch_records(histogram(r, "tallymill_batch_records")),
      record_latency(histogram(r, "tallymill_record_latency_seconds")),
      event_latency(histogram(r, "tallymill_event_latency_seconds")),
      lag_records(gauge(r, "tallymill_lag_records")),
      lag_seconds(gauge(r, "tallymill_lag_seconds")),
      checkpoint_age(gauge(r, "tallymill_checkpoint_age_seconds")),
      last_commit(gauge(r, "tallymill_last_commit_timestamp_seconds")),
      last_batch(gauge(r, "tallymill_last_batch")),
      lookup_age(gauge(r, "tallymill_lookup_age_seconds")),
      lookup_refresh(gauge(r, "tallymill_lookup_refresh_seconds")),
      memory(gauge(r, "tallymill_memory_bytes")),
      memory_limit(gauge(r, "tallymill_memory_limit_bytes")),
      resident_memory(gauge(r, "process_resident_memory_bytes")),
      start_time(gauge(r, "process_start_time_seconds")),
      state(gauge(r, "tallymill_pipeline_state")),
      stopped(gauge(r, "tallymill_pipeline_stopped")),
      build_info(gauge(r, "tallymill_build_info")),
      config_info(gauge(r, "tallymill_config_info")),
      reload_successful(gauge(r, "tallymill_config_last_reload_successful")),
      reload_success_time(gauge(r, "tallymill_config_last_reload_success_timestamp_seconds")),
      log_lines_dropped(gauge(r, "tallymill_log_lines_dropped")) {}

void MetricFamilies::forget(const std::string& pipeline) {
  for (auto* family : {&records, &aggregation_records, &dead_letters, &gaps, &rows_written, &commits,
                       &batches_dropped, &messages_ignored, &stalls, &takeovers}) {
    forget_in(*family, pipeline);
  }
  for (auto* family : {&reconnects, &lag_records, &lag_seconds, &checkpoint_age, &last_commit, &last_batch,
                       &lookup_age, &lookup_refresh, &memory, &state, &stopped, &config_info}) {
    forget_in(*family, pipeline);
  }
  for (auto* family : {&stage, &batch_records, &record_latency, &event_latency}) {
    forget_in(*family, pipeline, prometheus::Histogram::BucketBoundaries{});
  }
}

}  // namespace tallymill
