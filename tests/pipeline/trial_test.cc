// Records that are tried, and what they come to.

#include "pipeline/trial.h"

#include "decode/decoder.h"
#include "pipeline/arrival.h"
#include "pipeline/shown_rows.h"
#include "source/record_source.h"
#include "support/manual_clock.h"
#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {
namespace {

TrialParts parts_of(const PipelineSpec& spec, const Clock& clock) {
  return {spec, clock, make_json_decoder(spec.fields), make_evaluator(spec), {}};
}

struct Bench {
  explicit Bench(const std::string& more = "", TrialLimits limits = {})
      : spec(counting_spec(more)),
        trial(parts_of(spec.pipelines[0], clock), {{"events", Partition(0)}, {"events", Partition(1)}},
              limits) {}

  bool offer(std::size_t partition, std::optional<std::string> value) {
    OwnedRecord owned;
    owned.offset = Offset(next[partition]++);
    owned.value = std::move(value);
    const Record record = record_of(owned, partition);
    return trial.offer({&record, 1});
  }
  TrialOutcome finish() {
    auto outcome = trial.finish();
    REQUIRE(outcome.ok());
    return std::move(outcome).value();
  }

  Spec spec;
  ManualClock clock;
  std::int64_t next[2] = {0, 0};
  Trial trial;
};

// "a 3"
std::vector<std::string> rows_of(const Bench& bench, const TrialOutcome& outcome) {
  ShownRows shown(bench.spec.pipelines[0].aggregations[0], *outcome.batch->rows[0]);
  std::vector<std::string> rows;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto cells = shown.read(i);
    rows.push_back(cells[0].text + " " + cells[1].text);
  }
  return rows;
}

}  // namespace

TEST_CASE("records of any partition come to rows and dead letters, and the books balance") {
  Bench bench;
  CHECK(bench.offer(0, event("b")));
  CHECK(bench.offer(1, event("a")));
  CHECK(bench.offer(0, event("b")));
  CHECK(bench.offer(0, "junk"));
  CHECK(bench.offer(1, std::nullopt));
  const TrialOutcome outcome = bench.finish();
  CHECK(rows_of(bench, outcome) == std::vector<std::string>{"a 1", "b 2"});
  CHECK(outcome.batch->counts.read == 5);
  CHECK(outcome.batch->counts.skipped == 1);
  CHECK(outcome.letters == std::map<std::string, std::int64_t>{{"bad_json", 1}});
  REQUIRE(outcome.batch->dead_letters.size() == 1);
  CHECK(outcome.batch->dead_letters[0].where == TopicPartition{"events", Partition(0)});
  CHECK(outcome.batch->dead_letters[0].offset == Offset(2));
  CHECK_FALSE(outcome.batch->dead_letters[0].value);
  CHECK_FALSE(outcome.stopped);
}

TEST_CASE("more records than a worker takes at once are all counted") {
  Bench bench;
  std::vector<OwnedRecord> owned(10000);
  std::vector<Record> records;
  for (std::size_t i = 0; i < owned.size(); ++i) {
    owned[i].offset = Offset(static_cast<std::int64_t>(i));
    owned[i].value = event("a");
    records.push_back(record_of(owned[i], 0));
  }
  CHECK(bench.trial.offer(records));
  CHECK(rows_of(bench, bench.finish()) == std::vector<std::string>{"a 10000"});
}

TEST_CASE("a record that would stop the pipeline ends the trial, and those before it are shown") {
  Bench bench("    on_error: stop\n");
  CHECK(bench.offer(0, event("a")));
  CHECK_FALSE(bench.offer(0, "junk"));
  CHECK_FALSE(bench.offer(0, event("a")));
  const TrialOutcome outcome = bench.finish();
  REQUIRE(outcome.stopped);
  CHECK(outcome.stopped->code() == "bad_json");
  CHECK(outcome.stopped->message().rfind("events/0 offset 1: ", 0) == 0);
  CHECK(rows_of(bench, outcome) == std::vector<std::string>{"a 1"});
}

TEST_CASE("dead letters are all counted and few are kept, however many there are") {
  TrialLimits limits;
  limits.memory = 1 << 20;
  limits.letters = 10;
  Bench bench("    max_dead_letter_ratio: 0.5\n", limits);
  for (int i = 0; i < 20000; ++i) CHECK(bench.offer(0, "junk"));
  const TrialOutcome outcome = bench.finish();
  CHECK(outcome.letters.at("bad_json") == 20000);
  CHECK(outcome.batch->dead_letters.size() == 10);
  CHECK(outcome.batch->dead_letters[0].offset == Offset(0));
  CHECK(Trial::exceeds_ratio(bench.spec.pipelines[0], outcome.batch->counts));
  CHECK_FALSE(outcome.full);
}

TEST_CASE("groups that take all the memory end the trial, and what was counted is right") {
  TrialLimits limits;
  limits.memory = 1 << 20;
  Bench bench("", limits);
  int offered = 1;
  while (bench.offer(0, event("key-" + std::to_string(offered))) && offered < 1'000'000) ++offered;
  const TrialOutcome outcome = bench.finish();
  CHECK(outcome.full);
  CHECK(offered < 100'000);
  CHECK(outcome.batch->rows[0]->size() == static_cast<std::size_t>(offered));
  CHECK(outcome.batch->rows[0]->memory_bytes() < 3 << 20);
}

TEST_CASE("the earliest and the latest event are known, wherever they stand") {
  TrialLimits limits;
  limits.memory = 1;
  Bench bench("    event_time: {field: t, unit: s}\n", limits);
  CHECK_FALSE(bench.offer(0, R"({"key":"a","t":5})"));  // Gathered, and full, after each.
  const TrialOutcome outcome = bench.finish();
  CHECK(outcome.batch->min_event_time == Timestamp(5'000'000));
  CHECK(outcome.batch->max_event_time == Timestamp(5'000'000));
}

TEST_CASE("a record of which nobody says when it came, came when it happened") {
  const Field time{{"t"}, Type::timestamp, true, false, TimeUnit::seconds, std::nullopt};
  Arrival arrival(make_json_decoder({time}), Timestamp(7));
  CHECK(arrival.of(R"({"t":5})") == Timestamp(5'000'000));
  CHECK(arrival.of(R"({"t":"never"})") == Timestamp(7));
  CHECK(arrival.of("junk") == Timestamp(7));
  CHECK(Arrival(nullptr, Timestamp(7)).of(R"({"t":5})") == Timestamp(7));
}

}  // namespace tallymill::testing
