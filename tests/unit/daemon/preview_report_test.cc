#include "daemon/preview_report.h"

#include "decode/decoder.h"
#include "source/record_source.h"
#include "support/manual_clock.h"
#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {
namespace {

// What is said of records with these values, each a line of a file.
struct Bench {
  explicit Bench(const std::string& more = "") : spec(counting_spec(more)) {
    view.from = "events.ndjson";
    view.lines = true;
    view.seconds = 0.5;
  }

  std::string report(const std::vector<std::string>& values, TrialLimits limits = {}) {
    const PipelineSpec& pipeline = spec.pipelines[0];
    Trial trial({pipeline, clock, make_json_decoder(pipeline.fields), make_evaluator(pipeline), {}},
                {{"events", Partition(0)}}, limits);
    for (std::size_t i = 0; i < values.size(); ++i) {
      OwnedRecord owned;
      owned.offset = Offset(static_cast<std::int64_t>(i + 1));
      owned.value = values[i];
      const Record record = record_of(owned, 0);
      if (!trial.offer({&record, 1})) break;
    }
    const auto outcome = trial.finish();
    REQUIRE(outcome.ok());
    return preview_report(pipeline, *outcome, view);
  }

  Spec spec;
  ManualClock clock;
  PreviewView view;
};

bool holds(const std::string& text, const std::string& part) {
  CAPTURE(text, part);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the books, the rows and the dead letters are told, with lines for places") {
  Bench bench;
  CHECK(bench.report({event("b"), event("a"), "{}", event("b")}) ==
        "counts: 4 records of events.ndjson in 0.50 s, 8 a second\n"
        "  3 used, 0 skipped, 1 rejected\n"
        "\n"
        "counts: 2 rows of 3 records; 0 left out by where, 0 late\n"
        "  key  n\n"
        "  a    1\n"
        "  b    2\n"
        "\n"
        "1 dead letter: missing_field 1\n"
        "  position         aggregation  reason         message\n"
        "  events.ndjson:3  (all)        missing_field  field key is missing\n");
}

TEST_CASE("records of a topic have their partition and offset, and the times that they span") {
  Bench bench;
  bench.view.lines = false;
  const std::string report = bench.report({"{}", event("a")});
  CHECK(holds(report, "  events/0 offset 1  (all)"));
  CHECK(holds(report, "; events from 1970-01-01T00:00:00Z to 1970-01-01T00:00:00Z\n"));
}

TEST_CASE("what is not shown is counted") {
  Bench bench;
  bench.view.limit = 1;
  const std::string report = bench.report({event("a"), event("b"), event("c"), "{}", "{}"});
  CHECK(holds(report, "  a    1\n  ... and 2 more; --limit shows more\n"));
  CHECK(holds(report, "\n2 dead letters: missing_field 2\n"));
  CHECK(holds(report, "\n  ... and 1 more; --limit shows more\n"));
  CHECK_FALSE(holds(report, "  b  "));
}

TEST_CASE("what on_error: skip passes over is told, for it is found nowhere else") {
  Bench bench("    on_error: skip\n");
  CHECK(holds(bench.report({"{}", "{}", event("a")}),
              "  missing_field 2, the first at events.ndjson:1: field key is missing\n"));
}

TEST_CASE("what would stop the pipeline is told, and where") {
  Bench stops("    on_error: stop\n");
  CHECK(holds(stops.report({event("a"), "{}"}),
              "\nthe pipeline would stop (missing_field): events.ndjson:2: field key is missing"));
  Bench ratio("    max_dead_letter_ratio: 0.1\n");
  CHECK(holds(ratio.report(std::vector<std::string>(200, "{}")), "would stop (dead_letter_ratio)"));
  CHECK_FALSE(holds(ratio.report(std::vector<std::string>(200, event("a"))), "would stop"));
}

TEST_CASE("a file that is no NDJSON is met with what makes one of it") {
  Bench bench;
  CHECK(holds(bench.report({"[", "{\"key\": \"a\"},", "]"}), "jq -c"));
  CHECK_FALSE(holds(bench.report({"{", event("a")}), "jq -c"));
}

TEST_CASE("groups that take all the memory are told of") {
  Bench bench;
  TrialLimits limits;
  limits.memory = 1;
  CHECK(holds(bench.report({event("a"), event("b")}, limits), "memory_limit"));
}

}  // namespace tallymill::testing
