#include "metrics/prometheus/families.h"

namespace tallymill {
namespace {

prometheus::Family<prometheus::Counter>& counter(prometheus::Registry& registry, const char* name,
                                                 const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}
prometheus::Family<prometheus::Gauge>& gauge(prometheus::Registry& registry, const char* name,
                                             const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}
prometheus::Family<prometheus::Histogram>& histogram(prometheus::Registry& registry,
                                                     const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

}  // namespace

MetricFamilies::MetricFamilies(prometheus::Registry& r)
    : records(counter(r, "tallymill_records_total", "Committed records by outcome: used, skipped, rejected.")),
      aggregation_records(counter(r, "tallymill_aggregation_records_total", "Used records by aggregation and outcome: folded, filtered, late.")),
      dead_letters(counter(r, "tallymill_dead_letters_total", "Dead letters committed, by reason.")),
      gaps(counter(r, "tallymill_gaps_total", "Ranges that a topic no longer held, committed as gaps.")),
      rows_written(counter(r, "tallymill_rows_written_total", "Rows inserted or updated in target tables.")),
      commits(counter(r, "tallymill_commits_total", "Tries to commit a batch, by outcome.")),
      batches_dropped(counter(r, "tallymill_batches_dropped_total", "Batches dropped to be read again, by cause.")),
      messages_ignored(counter(r, "tallymill_messages_ignored_total", "Messages of an old assignment or below the expected offset.")),
      stalls(counter(r, "tallymill_partition_stalls_total", "Times that a partition made no progress although it was behind.")),
      takeovers(counter(r, "tallymill_takeovers_total", "Times that this instance began to count: at its start, or after another one.")),
      reconnects(gauge(r, "tallymill_postgres_reconnects", "Connections to Postgres made anew since the start.")),
      stage(histogram(r, "tallymill_stage_duration_seconds", "Time a batch spends in each stage: fold, wait, upsert, commit.")),
      batch_records(histogram(r, "tallymill_batch_records", "Records per committed batch.")),
      record_latency(histogram(r, "tallymill_record_latency_seconds", "From a record's Kafka timestamp until it is visible in Postgres.")),
      event_latency(histogram(r, "tallymill_event_latency_seconds", "From a record's event time until it is visible in Postgres.")),
      lag_records(gauge(r, "tallymill_lag_records", "Offsets between the checkpoint and the end of the partition.")),
      lag_seconds(gauge(r, "tallymill_lag_seconds", "Age of the last counted record while behind; 0 when not behind.")),
      checkpoint_age(gauge(r, "tallymill_checkpoint_age_seconds", "Time since the last commit or verified idleness.")),
      last_commit(gauge(r, "tallymill_last_commit_timestamp_seconds", "When the last batch was committed, as Unix time.")),
      last_batch(gauge(r, "tallymill_last_batch", "Sequence of the last committed batch: its row in the ledger names offsets and id.")),
      memory(gauge(r, "tallymill_memory_bytes", "Memory in use by owner.")),
      memory_limit(gauge(r, "tallymill_memory_limit_bytes", "The configured memory_limit.")),
      resident_memory(gauge(r, "process_resident_memory_bytes", "Resident memory of the process.")),
      start_time(gauge(r, "process_start_time_seconds", "When the process began, as Unix time.")),
      state(gauge(r, "tallymill_pipeline_state", "1 for the state that the pipeline is in.")),
      stopped(gauge(r, "tallymill_pipeline_stopped", "1 for the code of the error that stopped the pipeline, 0 when it goes on.")),
      build_info(gauge(r, "tallymill_build_info", "Always 1; the labels tell the version.")),
      config_info(gauge(r, "tallymill_config_info", "Always 1; the label tells the pipeline's fingerprint.")),
      log_lines_dropped(gauge(r, "tallymill_log_lines_dropped", "Log lines lost because their reader did not keep up.")) {}

}  // namespace tallymill
