#include "metrics/metric_table.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "metrics/label_words.h"
#include "model/batch_words.h"
#include "model/reason.h"

namespace tallymill {
namespace {

using Kind = MetricKind;

constexpr std::array rows{
    Metric{"tallymill_records_total", Kind::counter, "records", "pipeline, outcome",
           "Committed records by outcome: used, skipped, rejected.", record_outcomes},
    Metric{"tallymill_aggregation_records_total", Kind::counter, "records", "pipeline, aggregation, outcome",
           "Used records by aggregation and outcome: folded, filtered, late.", aggregation_outcomes},
    Metric{"tallymill_dead_letters_total", Kind::counter, "dead letters", "pipeline, reason",
           "Dead letters committed, by reason.", reasons},
    Metric{"tallymill_gaps_total", Kind::counter, "ranges of offsets", "pipeline",
           "Ranges that a topic no longer held, committed as gaps."},
    Metric{"tallymill_rows_written_total", Kind::counter, "rows", "pipeline",
           "Rows inserted or updated in target tables."},
    Metric{"tallymill_commits_total", Kind::counter, "tries", "pipeline, outcome",
           "Tries to commit a batch, by outcome.", commit_outcomes},
    Metric{"tallymill_batches_dropped_total", Kind::counter, "batches", "pipeline, cause",
           "Batches dropped to be read again, by cause.", drop_causes},
    Metric{"tallymill_messages_ignored_total", Kind::counter, "messages", "pipeline",
           "Messages of an old assignment or below the expected offset."},
    Metric{"tallymill_partition_stalls_total", Kind::counter, "times", "pipeline, topic, partition",
           "Times that a partition made no progress although it was behind."},
    Metric{"tallymill_takeovers_total", Kind::counter, "times", "pipeline",
           "Times that this instance began to count: at its start, or after another one."},
    Metric{"tallymill_postgres_reconnects", Kind::gauge, "connections", "pipeline",
           "Connections to Postgres made anew since the start."},
    Metric{"tallymill_stage_duration_seconds", Kind::histogram, "seconds", "pipeline, stage",
           "Time a batch spends in each stage: fold, wait, upsert, commit.", stages},
    Metric{"tallymill_batch_records", Kind::histogram, "records", "pipeline",
           "Records per committed batch."},
    Metric{"tallymill_record_latency_seconds", Kind::histogram, "seconds", "pipeline",
           "From a record's Kafka timestamp until it is visible in Postgres."},
    Metric{"tallymill_event_latency_seconds", Kind::histogram, "seconds", "pipeline",
           "From a record's event time until it is visible in Postgres."},
    Metric{"tallymill_lag_records", Kind::gauge, "offsets", "pipeline, topic, partition",
           "Offsets between the checkpoint and the end of the partition."},
    Metric{"tallymill_lag_seconds", Kind::gauge, "seconds", "pipeline, topic, partition",
           "Age of the last counted record while behind; 0 when not behind."},
    Metric{"tallymill_checkpoint_age_seconds", Kind::gauge, "seconds", "pipeline",
           "Time since the last commit or verified idleness."},
    Metric{"tallymill_last_commit_timestamp_seconds", Kind::gauge, "seconds since 1970", "pipeline",
           "When the last batch was committed, as Unix time."},
    Metric{"tallymill_last_batch", Kind::gauge, "sequence", "pipeline",
           "Sequence of the last committed batch: its row in the ledger names offsets and id."},
    Metric{"tallymill_lookup_age_seconds", Kind::gauge, "seconds", "pipeline, lookup",
           "Time since a lookup's contents were known to be those of its file or table."},
    Metric{"tallymill_lookup_refresh_seconds", Kind::gauge, "seconds", "pipeline, lookup",
           "Longest time between two looks at a lookup's file or table, while none fails."},
    Metric{"tallymill_memory_bytes", Kind::gauge, "bytes", "pipeline, owner", "Memory in use by owner.",
           memory_owners},
    Metric{"tallymill_memory_limit_bytes", Kind::gauge, "bytes", "", "The configured memory_limit."},
    Metric{"process_resident_memory_bytes", Kind::gauge, "bytes", "", "Resident memory of the process."},
    Metric{"process_start_time_seconds", Kind::gauge, "seconds since 1970", "",
           "When the process began, as Unix time."},
    Metric{"tallymill_pipeline_state", Kind::gauge, "0 or 1", "pipeline, state",
           "1 for the state that the pipeline is in.", pipeline_states},
    Metric{"tallymill_pipeline_stopped", Kind::gauge, "0 or 1", "pipeline, code",
           "1 for the code of the error that stopped the pipeline, 0 when it goes on."},
    Metric{"tallymill_build_info", Kind::gauge, "1", "version, commit",
           "Always 1; the labels tell the version."},
    Metric{"tallymill_config_info", Kind::gauge, "1", "pipeline, fingerprint",
           "Always 1; the label tells the pipeline's fingerprint."},
    Metric{"tallymill_config_last_reload_successful", Kind::gauge, "0 or 1", "",
           "1 if the last reload was applied, or there was none; 0 if it was rejected, or pipelines did not start."},
    Metric{"tallymill_config_last_reload_success_timestamp_seconds", Kind::gauge, "seconds", "",
           "When the configuration in force was loaded, as Unix time."},
    Metric{"tallymill_log_lines_dropped", Kind::gauge, "lines", "",
           "Log lines lost because their reader did not keep up."},
};

}  // namespace

std::span<const Metric> metric_table() { return rows; }

const Metric& find_metric(std::string_view name) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const Metric& row) { return row.name == name; });
  CHECK(found != rows.end(), "every metric that is shown is in the table");
  return *found;
}

std::string_view to_string(MetricKind kind) {
  switch (kind) {
    case Kind::counter: return "counter";
    case Kind::gauge: return "gauge";
    case Kind::histogram: break;
  }
  return "histogram";
}

}  // namespace tallymill
