// Cases: what differs is told, and nothing that is as expected.

#include "aggregate/catalog.h"
#include "config/load.h"
#include "decode/decoder.h"
#include "pipeline/case_check.h"
#include "pipeline/case_run.h"
#include "pipeline/expected_rows.h"
#include "support/manual_clock.h"

#include "support/catch.h"

namespace tallymill::testing {
namespace {

constexpr const char* config = R"(
pipelines:
  p:
    source: {topics: [t, u], fields: {key: string, x: int?, r: double?}}
    event_time: {field: at}
ERROR
    aggregations:
      counts:
        group_by: [key]
        late: dead_letter
        late_after: 1h
        columns: {n: count(), total: sum(x), mean: avg(x), real: sum(r), seen: max(at), from: last(_topic)}
      all:
        columns: {n: count()}
)";

struct Bench {
  explicit Bench(const std::string& more = "") {
    std::string text = config;
    text.replace(text.find("ERROR"), 5, more);
    Loaded loaded = load_config_text("test.yaml", text, aggregate_catalog(),
                                     [](const std::string&) { return std::optional<std::string>(); },
                                     Reach::nothing);
    INFO(render(loaded.problems));
    REQUIRE(loaded.spec);
    spec = *std::move(loaded.spec);
  }

  [[nodiscard]] const PipelineSpec& pipeline() const { return spec.pipelines[0]; }

  static PipelineCase read(const std::string& text) {
    LoadedCases loaded = load_cases_text("c.test.yaml", "cases:\n  one:\n" + text);
    INFO(render(loaded.problems));
    REQUIRE(loaded.file);
    return std::move(loaded.file->cases.at(0));
  }

  // "6: what: detail; detail" of each difference.
  std::vector<std::string> run(const std::string& text) const {
    const PipelineCase one = read(text);
    CHECK(check_case(one, pipeline()).empty());
    Arrival arrival(make_json_decoder({pipeline().fields[*pipeline().event_time.field]}), Timestamp(0));
    const auto differences = run_case(
        one, {pipeline(), clock, make_json_decoder(pipeline().fields), make_evaluator(pipeline()), {}},
        arrival);
    REQUIRE(differences.ok());
    std::vector<std::string> shown;
    for (const Difference& difference : *differences) {
      std::string line = std::to_string(difference.place.line) + ": " + difference.what;
      for (const std::string& detail : difference.details) line += "; " + detail;
      shown.push_back(line);
    }
    return shown;
  }

  Spec spec;
  ManualClock clock;
};

constexpr const char* events = R"(    events:
      - {value: {key: a, x: 1, r: 0.1, at: "2026-01-31T12:00:00Z"}}
      - {value: {key: a, x: 2, r: 0.2, at: "2026-01-31T13:00:00+01:00"}, topic: u}
      - {value: {key: b, at: "2026-01-31T12:00:01Z"}}
)";

using Shown = std::vector<std::string>;

}  // namespace

TEST_CASE("numbers are equal by value, times by the moment, and null is only null") {
  const Bench bench;
  CHECK(bench.run(std::string(events) + R"(    rows:
      counts:
        - {key: b, n: 1, total: null, mean: null, real: null}
        - {key: a, n: 2.0, total: "3", mean: 1.5, mean_count: 2, real: 0.30000000000000004,
           seen: "2026-01-31 13:00:00+01:00", from: u}
      all: [{n: 3}]
)") == Shown{});
}

TEST_CASE("digits with dots behind them stand for all that begin so") {
  const auto as_expected = [](const std::string& expected, const std::string& got) {
    return is_as_expected({{}, "x", expected}, {got, false}, SqlType::numeric);
  };
  CHECK(as_expected("0.333...", "0.33333333333333333333"));
  CHECK_FALSE(as_expected("0.333", "0.33333333333333333333"));
  CHECK_FALSE(as_expected("0.34...", "0.33333333333333333333"));
  CHECK(as_expected("1e3", "1000.00"));
  CHECK_FALSE(as_expected("some", "1000"));
}

TEST_CASE("a row that differs is found by its key, and only what differs is told") {
  const Bench bench;
  CHECK(bench.run(std::string(events) + R"(    rows:
      counts:
        - {key: b, n: 7, total: 0}
        - {key: a, n: 2}
)") == Shown{"9: counts: the row of key b; n: expected 7, got 1; total: expected 0, got null"});
}

TEST_CASE("rows that are not there, and rows too many, are told as they would be written") {
  const Bench bench;
  const auto differences = bench.run(std::string(events) + R"(    rows:
      counts:
        - {key: c, n: 1}
        - {key: a}
      all:
        - {n: 3}
        - {n: 3}
)");
  CHECK(differences == Shown{"9: counts: the row of key c is not there",
                             "8: counts: a row that is not expected; got {key: \"b\", n: 1, total: null, "
                             "mean: null, real: null, seen: \"2026-01-31T12:00:01Z\", from: \"t\"}",
                             "13: all: the row is not there"});
}

TEST_CASE("dead letters are all expected, or told") {
  const Bench bench;
  const std::string more = std::string(events) + R"(      - {value: {key: null, at: "2026-01-31T12:00:00Z"}}
      - {value: {key: a, at: "2026-01-31T10:00:00Z"}, timestamp: "2026-01-31T12:00:00Z"}
)";
  CHECK(bench.run(more + R"(    dead_letters:
      - {event: 5, reason: late, aggregation: counts}
      - {event: 4, reason: null_field, message: key}
)") == Shown{});
  const auto differences = bench.run(more + R"(    dead_letters:
      - {event: 4, reason: null_field, message: something else}
      - {event: 5, reason: late, aggregation: counts}
)");
  REQUIRE(differences.size() == 2);
  CHECK(differences[0] == "10: the dead letter of event 4, null_field is not there");
  CHECK(differences[1].rfind("7: a dead letter that is not expected; got event 4, null_field: ", 0) == 0);
}

TEST_CASE("an event without a timestamp is never late") {
  const Bench bench;
  CHECK(bench.run(R"(    events:
      - {value: {key: a, at: "1999-01-01T00:00:00Z"}}
    dead_letters: []
    rows: {counts: [{key: a, n: 1}]}
)") == Shown{});
}

TEST_CASE("a record that stops the pipeline is expected, or told, with what was counted before it") {
  const Bench bench("    on_error: stop");
  const std::string more = std::string(events) + "      - {value: junk}\n      - {value: {key: a}}\n";
  CHECK(bench.run(more + R"(    rows: {all: [{n: 3}]}
    stops: {event: 4, reason: bad_json}
)") == Shown{});
  const auto missing = bench.run(more + "    rows: {all: [{n: 3}]}\n");
  REQUIRE(missing.size() == 1);
  CHECK(missing[0].rfind("7: the pipeline stops, which is not expected; got event 4, bad_json: ", 0) == 0);
  const auto other = bench.run(std::string(events) + "    stops: {event: 2, reason: late}\n");
  CHECK(other == Shown{"7: the stop; expected event 2, late; got none"});
}

TEST_CASE("what the pipeline does not have is wrong, with the nearest name") {
  const Bench bench;
  const PipelineCase one = Bench::read(R"(    events:
      - {value: {}, topic: other}
    rows:
      count: []
      counts: [{kye: a}]
    dead_letters:
      - {event: 1, reason: late, aggregation: nothing}
)");
  std::vector<std::string> messages;
  for (const Problem& problem : check_case(one, bench.pipeline())) messages.push_back(problem.message);
  CHECK(messages == Shown{"the pipeline reads no topic other; there are t, u",
                          "there is no aggregation count; did you mean counts?",
                          "counts has no column kye; did you mean key?",
                          "there is no aggregation nothing; there are counts, all"});
}

}  // namespace tallymill::testing
