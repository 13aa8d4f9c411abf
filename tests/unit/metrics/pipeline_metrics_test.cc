#include "metrics/pipeline_metrics.h"

#include "metrics/registry.h"
#include "support/catch.h"

namespace tallymill {
namespace {

struct Registry {
  std::unique_ptr<MetricsRegistry> registry = make_metrics_registry();
  PipelineMetrics& ads = registry->pipeline("ads");

  [[nodiscard]] bool shows(const std::string& line) const {
    return ("\n" + registry->text()).find("\n" + line + "\n") != std::string::npos;
  }
  [[nodiscard]] double value(const std::string& name) const {
    const std::string text = registry->text();
    const std::size_t at = text.find("\n" + name + " ");
    REQUIRE(at != std::string::npos);
    return std::stod(text.substr(at + name.size() + 2));
  }
};

Batch batch_of(std::int64_t used, Timestamp time) {
  Batch batch;
  batch.counts.read = used + 3;
  batch.counts.used = used;
  batch.counts.skipped = 2;
  batch.counts.rejected = 1;
  DeadLetter letter;
  letter.reason = "bad_json";
  batch.dead_letters.push_back(letter);
  for (std::int64_t i = 0; i < used; ++i) batch.record_times.add(time);
  return batch;
}

}  // namespace

TEST_CASE("counters of records move with the commit") {
  Registry metrics;
  CHECK(metrics.shows(R"(tallymill_records_total{outcome="used",pipeline="ads"} 0)"));
  metrics.ads.committed(batch_of(10, Timestamp(0)), 4, WallTime(std::chrono::seconds(3)));
  CHECK(metrics.shows(R"(tallymill_records_total{outcome="used",pipeline="ads"} 10)"));
  CHECK(metrics.shows(R"(tallymill_records_total{outcome="skipped",pipeline="ads"} 2)"));
  CHECK(metrics.shows(R"(tallymill_records_total{outcome="rejected",pipeline="ads"} 1)"));
  CHECK(metrics.shows(R"(tallymill_rows_written_total{pipeline="ads"} 4)"));
  CHECK(metrics.shows(R"(tallymill_dead_letters_total{pipeline="ads",reason="bad_json"} 1)"));
}

TEST_CASE("latency is from the record's time until the commit, never negative") {
  Registry metrics;
  const std::string sum = R"(tallymill_record_latency_seconds_sum{pipeline="ads"})";
  metrics.ads.committed(batch_of(10, Timestamp(0)), 4, WallTime(std::chrono::seconds(3)));
  CHECK(metrics.shows(R"(tallymill_record_latency_seconds_count{pipeline="ads"} 10)"));
  // A record's time is kept to within 20 ms.
  CHECK(metrics.value(sum) == Approx(30).margin(0.2));
  metrics.ads.committed(batch_of(1, Timestamp(9'000'000)), 0, WallTime(std::chrono::seconds(3)));
  CHECK(metrics.shows(R"(tallymill_record_latency_seconds_count{pipeline="ads"} 11)"));
  CHECK(metrics.value(sum) == Approx(30).margin(0.2));
}

TEST_CASE("the age of events is a histogram of its own, as are the records of a batch") {
  Registry metrics;
  Batch batch = batch_of(10, Timestamp(2'000'000));
  batch.sequence = 12;
  for (int i = 0; i < 7; ++i) batch.event_times.add(Timestamp(0));
  metrics.ads.committed(batch, 4, WallTime(std::chrono::seconds(3)));
  CHECK(metrics.shows(R"(tallymill_event_latency_seconds_count{pipeline="ads"} 7)"));
  CHECK(metrics.value(R"(tallymill_event_latency_seconds_sum{pipeline="ads"})") == Approx(21).margin(0.2));
  CHECK(metrics.value(R"(tallymill_record_latency_seconds_sum{pipeline="ads"})") == Approx(10).margin(0.2));
  CHECK(metrics.shows(R"(tallymill_batch_records_count{pipeline="ads"} 1)"));
  CHECK(metrics.shows(R"(tallymill_batch_records_sum{pipeline="ads"} 13)"));
  CHECK(metrics.shows(R"(tallymill_last_commit_timestamp_seconds{pipeline="ads"} 3)"));
  CHECK(metrics.shows(R"(tallymill_last_batch{pipeline="ads"} 12)"));
}

TEST_CASE("each stage and each owner of memory stands under its name") {
  Registry metrics;
  metrics.ads.stage(Stage::fold, std::chrono::seconds(1));
  metrics.ads.stage(Stage::wait, std::chrono::seconds(2));
  metrics.ads.stage(Stage::upsert, std::chrono::seconds(3));
  metrics.ads.stage(Stage::commit, std::chrono::seconds(4));
  metrics.ads.memory("prefetch", 5);
  CHECK(metrics.shows(R"(tallymill_stage_duration_seconds_sum{pipeline="ads",stage="fold"} 1)"));
  CHECK(metrics.shows(R"(tallymill_stage_duration_seconds_sum{pipeline="ads",stage="wait"} 2)"));
  CHECK(metrics.shows(R"(tallymill_stage_duration_seconds_sum{pipeline="ads",stage="upsert"} 3)"));
  CHECK(metrics.shows(R"(tallymill_stage_duration_seconds_sum{pipeline="ads",stage="commit"} 4)"));
  CHECK(metrics.shows(R"(tallymill_memory_bytes{owner="prefetch",pipeline="ads"} 5)"));
}

TEST_CASE("lag and age are what they are set to, drops and outcomes are counted by their word") {
  Registry metrics;
  metrics.ads.lag({"t", Partition(1)}, 5, 1.5);
  metrics.ads.checkpoint_age(2.5);
  metrics.ads.reconnects(3);
  metrics.ads.messages_ignored(4);
  metrics.ads.commit_outcome("unknown");
  metrics.ads.batch_dropped("rewound");
  metrics.ads.aggregation("clicks", {6, 7, 8});
  metrics.registry->config_info("ads", "v1");
  CHECK(metrics.shows(R"(tallymill_lag_records{partition="1",pipeline="ads",topic="t"} 5)"));
  CHECK(metrics.shows(R"(tallymill_lag_seconds{partition="1",pipeline="ads",topic="t"} 1.5)"));
  CHECK(metrics.shows(R"(tallymill_checkpoint_age_seconds{pipeline="ads"} 2.5)"));
  CHECK(metrics.shows(R"(tallymill_postgres_reconnects{pipeline="ads"} 3)"));
  CHECK(metrics.shows(R"(tallymill_messages_ignored_total{pipeline="ads"} 4)"));
  CHECK(metrics.shows(R"(tallymill_commits_total{outcome="unknown",pipeline="ads"} 1)"));
  CHECK(metrics.shows(R"(tallymill_batches_dropped_total{cause="rewound",pipeline="ads"} 1)"));
  for (const char* outcome : {R"("folded",pipeline="ads"} 6)", R"("filtered",pipeline="ads"} 7)",
                              R"("late",pipeline="ads"} 8)"}) {
    CHECK(metrics.shows(R"(tallymill_aggregation_records_total{aggregation="clicks",outcome=)" +
                        std::string(outcome)));
  }
  CHECK(metrics.shows(R"(tallymill_config_info{fingerprint="v1",pipeline="ads"} 1)"));
}

TEST_CASE("a pipeline is in one state") {
  Registry metrics;
  metrics.ads.state(PipelineState::starting);
  metrics.ads.state(PipelineState::running);
  CHECK(metrics.shows(R"(tallymill_pipeline_state{pipeline="ads",state="running"} 1)"));
  CHECK(metrics.shows(R"(tallymill_pipeline_state{pipeline="ads",state="starting"} 0)"));
}

TEST_CASE("the error that stopped a pipeline stands there until the pipeline goes on") {
  Registry metrics;
  metrics.ads.state(PipelineState::stopped);
  metrics.ads.stopped_by("data_lost");
  CHECK(metrics.shows(R"(tallymill_pipeline_stopped{code="data_lost",pipeline="ads"} 1)"));
  metrics.ads.stopped_by("42501");
  CHECK(metrics.shows(R"(tallymill_pipeline_stopped{code="data_lost",pipeline="ads"} 0)"));
  CHECK(metrics.shows(R"(tallymill_pipeline_stopped{code="42501",pipeline="ads"} 1)"));
  metrics.ads.state(PipelineState::starting);
  CHECK(metrics.shows(R"(tallymill_pipeline_stopped{code="42501",pipeline="ads"} 0)"));
}

TEST_CASE("a lookup is as old as it is said to be, beside how often it is looked at") {
  Registry metrics;
  metrics.ads.lookup("shops", std::chrono::milliseconds(1500), std::chrono::seconds(60));
  metrics.ads.lookup("prices", std::chrono::seconds(2), std::chrono::seconds(1));
  CHECK(metrics.shows(R"(tallymill_lookup_age_seconds{lookup="shops",pipeline="ads"} 1.5)"));
  CHECK(metrics.shows(R"(tallymill_lookup_refresh_seconds{lookup="shops",pipeline="ads"} 60)"));
  CHECK(metrics.shows(R"(tallymill_lookup_age_seconds{lookup="prices",pipeline="ads"} 2)"));
}

TEST_CASE("the lag of a partition that is gone is not shown, and that of others is") {
  Registry metrics;
  for (const int partition : {0, 1}) metrics.ads.lag({"t", Partition(partition)}, 5, 1.5);
  for (int i = 0; i < 2; ++i) metrics.ads.lag_gone({"t", Partition(1)});
  CHECK(metrics.shows(R"(tallymill_lag_records{partition="0",pipeline="ads",topic="t"} 5)"));
  CHECK(metrics.registry->text().find(R"(partition="1")") == std::string::npos);
}

TEST_CASE("lag and ages that are not known any more are not shown") {
  Registry metrics;
  metrics.ads.lag({"t", Partition(1)}, 5, 1.5);
  metrics.ads.lookup("shops", std::chrono::seconds(5), std::chrono::seconds(60));
  metrics.ads.checkpoint_age(2.5);
  for (int i = 0; i < 2; ++i) {
    metrics.ads.progress_unknown();
    metrics.ads.checkpoint_age(std::nullopt);
  }
  const std::string text = metrics.registry->text();
  CHECK(text.find("tallymill_lag_") == std::string::npos);
  CHECK(text.find("tallymill_lookup_") == std::string::npos);
  CHECK(text.find("tallymill_checkpoint_age_seconds") == std::string::npos);
  metrics.ads.lag({"t", Partition(1)}, 6, 1.5);
  metrics.ads.checkpoint_age(3.5);
  CHECK(metrics.shows(R"(tallymill_lag_records{partition="1",pipeline="ads",topic="t"} 6)"));
  CHECK(metrics.shows(R"(tallymill_checkpoint_age_seconds{pipeline="ads"} 3.5)"));
}

TEST_CASE("what an alert counts is there before it happens, so that the first time is seen") {
  Registry metrics;
  CHECK(metrics.shows(R"(tallymill_batches_dropped_total{cause="rewound",pipeline="ads"} 0)"));
  CHECK(metrics.shows(R"(tallymill_commits_total{outcome="unknown",pipeline="ads"} 0)"));
  CHECK(metrics.shows(R"(tallymill_gaps_total{pipeline="ads"} 0)"));
  CHECK(metrics.shows(R"(tallymill_takeovers_total{pipeline="ads"} 0)"));
  metrics.ads.took_over();
  CHECK(metrics.shows(R"(tallymill_takeovers_total{pipeline="ads"} 1)"));
}

TEST_CASE("a pipeline that is gone leaves nothing behind, and its name begins anew") {
  Registry metrics;
  PipelineMetrics& logs = metrics.registry->pipeline("logs");
  const auto tell_all = [](PipelineMetrics& of) {
    of.state(PipelineState::stopped);
    of.stopped_by("data_lost");
    of.took_over();
    of.committed(batch_of(3, Timestamp(0)), 4, WallTime(std::chrono::seconds(3)));
    of.aggregation("clicks", {6, 7, 8});
    of.stage(Stage::fold, std::chrono::seconds(1));
    of.commit_outcome("unknown");
    of.batch_dropped("rewound");
    of.messages_ignored(4);
    of.lag({"t", Partition(1)}, 5, 1.5);
    of.checkpoint_age(2.5);
    of.lookup("shops", std::chrono::seconds(5), std::chrono::seconds(60));
    of.memory("prefetch", 5);
    of.reconnects(3);
    of.partition_stalled({"t", Partition(1)});
  };
  tell_all(metrics.ads);
  tell_all(logs);
  metrics.registry->config_info("ads", "v1");
  metrics.registry->config_info("logs", "v2");
  const auto lines_of = [&](const std::string& pipeline) {
    const std::string text = metrics.registry->text();
    const std::string label = "pipeline=\"" + pipeline + "\"";
    std::size_t count = 0;
    for (std::size_t at = text.find(label); at != std::string::npos; at = text.find(label, at + 1)) ++count;
    return count;
  };
  const std::size_t before = lines_of("ads");
  CHECK(before > 40);
  metrics.registry->forget("logs");
  CHECK(lines_of("logs") == 0);
  CHECK(lines_of("ads") == before);
  metrics.registry->forget("nobody");
  PipelineMetrics& again = metrics.registry->pipeline("logs");
  CHECK(metrics.shows(R"(tallymill_records_total{outcome="used",pipeline="logs"} 0)"));
  again.committed(batch_of(2, Timestamp(0)), 1, WallTime(std::chrono::seconds(3)));
  CHECK(metrics.shows(R"(tallymill_records_total{outcome="used",pipeline="logs"} 2)"));
}

TEST_CASE("whether the last reload was applied is told, and since when the configuration is in force") {
  Registry metrics;
  metrics.registry->config_loaded(true, WallTime(std::chrono::seconds(3)));
  metrics.registry->config_loaded(false, WallTime(std::chrono::seconds(5)));
  CHECK(metrics.shows("tallymill_config_last_reload_successful 0"));
  CHECK(metrics.shows("tallymill_config_last_reload_success_timestamp_seconds 3"));
  metrics.registry->config_loaded(true, WallTime(std::chrono::seconds(7)));
  CHECK(metrics.shows("tallymill_config_last_reload_successful 1"));
  CHECK(metrics.shows("tallymill_config_last_reload_success_timestamp_seconds 7"));
}

TEST_CASE("what a topic is called cannot break the format") {
  Registry metrics;
  metrics.ads.lag({"a\"b\\c", Partition(0)}, 5, 1.5);
  CHECK(metrics.registry->text().find(R"(topic="a\"b\\c")") != std::string::npos);
}

}  // namespace tallymill
