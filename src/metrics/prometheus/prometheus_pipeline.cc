#include "metrics/prometheus/prometheus_pipeline.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/seconds.h"
#include "metrics/label_words.h"
#include "model/batch_words.h"

namespace tallymill {
namespace {

using Buckets = prometheus::Histogram::BucketBoundaries;

const Buckets& latency_buckets() {
  static const Buckets buckets{0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1,   1.5, 2,   2.5, 3,   4,
                               5,    6,   7.5, 10,  15,  30,   60,  120, 300, 900, 3600};
  return buckets;
}
const Buckets& stage_buckets() {
  static const Buckets buckets{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                               0.25,  0.5,    1,     2.5,  5,     10,   30};
  return buckets;
}
const Buckets& size_buckets() {
  static const Buckets buckets{1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
  return buckets;
}

class PrometheusPipeline final : public PipelineMetrics {
 public:
  PrometheusPipeline(MetricFamilies& families, const std::string& name)
      : families_(families),
        labels_{{"pipeline", name}},
        record_latency_(families.record_latency.Add(labels_, latency_buckets())),
        event_latency_(families.event_latency.Add(labels_, latency_buckets())),
        batch_records_(families.batch_records.Add(labels_, size_buckets())) {
    // Counters exist from the start, so that a rate over them is never missing its first step.
    for (const Word& outcome : record_outcomes) records(outcome.word, 0);
    for (const Word& outcome : commit_outcomes) commit_count(outcome.word, 0);
    for (const Word& cause : drop_causes) families_.batches_dropped.Add(with("cause", cause.word));
    families_.rows_written.Add(labels_);
    families_.takeovers.Add(labels_);
    families_.messages_ignored.Add(labels_);
    families_.gaps.Add(labels_);
  }

  void state(PipelineState state) override {
    for (const Word& one : pipeline_states) {
      families_.state.Add(with("state", one.word)).Set(one.word == to_string(state) ? 1 : 0);
    }
    if (state != PipelineState::stopped && stopped_by_ != nullptr) {
      std::exchange(stopped_by_, nullptr)->Set(0);
    }
  }
  void stopped_by(std::string_view code) override {
    if (stopped_by_ != nullptr) stopped_by_->Set(0);
    stopped_by_ = &families_.stopped.Add(with("code", code));
    stopped_by_->Set(1);
  }
  void took_over() override { families_.takeovers.Add(labels_).Increment(); }

  void committed(const Batch& batch, std::int64_t rows_written, WallTime now) override {
    records(word_of(record_outcomes, "used"), batch.counts.used);
    records(word_of(record_outcomes, "skipped"), batch.counts.skipped);
    records(word_of(record_outcomes, "rejected"), batch.counts.rejected);
    families_.rows_written.Add(labels_).Increment(static_cast<double>(rows_written));
    families_.gaps.Add(labels_).Increment(static_cast<double>(batch.gaps.size()));
    for (const DeadLetter& letter : batch.dead_letters) {
      families_.dead_letters.Add(with("reason", letter.reason)).Increment();
    }
    if (batch.counts.read > 0) batch_records_.Observe(static_cast<double>(batch.counts.read));
    observe(record_latency_, batch.record_times, now);
    observe(event_latency_, batch.event_times, now);
    families_.last_commit.Add(labels_).Set(
        static_cast<double>(now.time_since_epoch().count()) / 1e6);
    families_.last_batch.Add(labels_).Set(static_cast<double>(batch.sequence));
  }

  void aggregation(const std::string& name, const AggregationCounts& counts) override {
    const auto add = [&](std::string_view outcome, std::int64_t count) {
      auto labels = with("aggregation", name);
      labels["outcome"] = std::string(outcome);
      families_.aggregation_records.Add(labels).Increment(static_cast<double>(count));
    };
    add(word_of(aggregation_outcomes, "folded"), counts.folded);
    add(word_of(aggregation_outcomes, "filtered"), counts.filtered);
    add(word_of(aggregation_outcomes, "late"), counts.late);
  }

  void stage(Stage stage, Duration spent) override {
    const Word& name = stages.at(static_cast<std::size_t>(stage));
    families_.stage.Add(with("stage", name.word), stage_buckets())
        .Observe(in_seconds(spent));
  }

  void commit_outcome(std::string_view outcome) override { commit_count(outcome, 1); }
  void batch_dropped(std::string_view why) override {
    families_.batches_dropped.Add(with("cause", why)).Increment();
  }
  void messages_ignored(std::int64_t count) override {
    if (count > 0) families_.messages_ignored.Add(labels_).Increment(static_cast<double>(count));
  }
  void lag(const TopicPartition& where, double lag_records, double lag_seconds) override {
    Lag& shown = lags_[where];
    shown.records = &families_.lag_records.Add(at(where));
    shown.records->Set(lag_records);
    shown.seconds = &families_.lag_seconds.Add(at(where));
    shown.seconds->Set(lag_seconds);
  }
  void lookup(const std::string& name, Duration age, Duration refresh) override {
    Lookup& shown = lookups_[name];
    shown.age = &families_.lookup_age.Add(with("lookup", name));
    shown.age->Set(in_seconds(age));
    shown.refresh = &families_.lookup_refresh.Add(with("lookup", name));
    shown.refresh->Set(in_seconds(refresh));
  }
  void progress_unknown() override {
    for (const auto& [where, shown] : lags_) hide(shown);
    lags_.clear();
    for (const auto& [name, shown] : lookups_) {
      families_.lookup_age.Remove(shown.age);
      families_.lookup_refresh.Remove(shown.refresh);
    }
    lookups_.clear();
  }
  void lag_gone(const TopicPartition& where) override {
    const auto shown = lags_.find(where);
    if (shown == lags_.end()) return;
    hide(shown->second);
    lags_.erase(shown);
  }
  void checkpoint_age(std::optional<double> age) override {
    if (age) {
      age_ = &families_.checkpoint_age.Add(labels_);
      age_->Set(*age);
    } else if (age_ != nullptr) {
      families_.checkpoint_age.Remove(std::exchange(age_, nullptr));
    }
  }
  void memory(std::string_view owner, std::size_t bytes) override {
    families_.memory.Add(with("owner", owner)).Set(static_cast<double>(bytes));
  }
  void reconnects(std::int64_t total) override {
    families_.reconnects.Add(labels_).Set(static_cast<double>(total));
  }
  void partition_stalled(const TopicPartition& where) override {
    families_.stalls.Add(at(where)).Increment();
  }

 private:
  struct Lag {
    prometheus::Gauge* records = nullptr;
    prometheus::Gauge* seconds = nullptr;
  };
  struct Lookup {
    prometheus::Gauge* age = nullptr;
    prometheus::Gauge* refresh = nullptr;
  };

  void hide(const Lag& shown) {
    families_.lag_records.Remove(shown.records);
    families_.lag_seconds.Remove(shown.seconds);
  }
  [[nodiscard]] prometheus::Labels with(const char* label, std::string_view value) const {
    prometheus::Labels labels = labels_;
    labels[label] = std::string(value);
    return labels;
  }
  [[nodiscard]] prometheus::Labels at(const TopicPartition& where) const {
    prometheus::Labels labels = with("topic", where.topic);
    labels["partition"] = std::to_string(where.partition.value());
    return labels;
  }
  void records(std::string_view outcome, std::int64_t count) {
    families_.records.Add(with("outcome", outcome)).Increment(static_cast<double>(count));
  }
  void commit_count(std::string_view outcome, int count) {
    families_.commits.Add(with("outcome", outcome)).Increment(count);
  }

  // One call for all records of a batch: their ages, sorted into the histogram's buckets.
  static void observe(prometheus::Histogram& histogram, const TimeCounts& times, WallTime now) {
    const Buckets& buckets = latency_buckets();
    std::vector<double> increments(buckets.size() + 1);
    double sum = 0;
    const std::int64_t now_microseconds = now.time_since_epoch().count();
    times.for_each([&](Timestamp time, std::int64_t count) {
      const double age =
          std::max(0.0, static_cast<double>(now_microseconds - time.microseconds()) / 1e6);
      const auto bucket = std::lower_bound(buckets.begin(), buckets.end(), age);
      increments[static_cast<std::size_t>(bucket - buckets.begin())] += static_cast<double>(count);
      sum += age * static_cast<double>(count);
    });
    histogram.ObserveMultiple(increments, sum);
  }

  MetricFamilies& families_;
  const prometheus::Labels labels_;
  prometheus::Histogram& record_latency_;
  prometheus::Histogram& event_latency_;
  prometheus::Histogram& batch_records_;
  // What is shown now and can go away. The pipeline's own thread tells all of it.
  std::map<TopicPartition, Lag> lags_;
  std::map<std::string, Lookup> lookups_;
  prometheus::Gauge* age_ = nullptr;
  prometheus::Gauge* stopped_by_ = nullptr;
};

}  // namespace

std::unique_ptr<PipelineMetrics> make_prometheus_pipeline(MetricFamilies& families,
                                                          const std::string& name) {
  return std::make_unique<PrometheusPipeline>(families, name);
}

}  // namespace tallymill
