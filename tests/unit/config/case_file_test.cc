#include "config/case_file.h"

#include <set>
#include <string>
#include <vector>

#include "config/json_text.h"
#include "config/yaml.h"

#include "support/catch.h"

namespace tallymill {
namespace {

CaseFile read(const std::string& text) {
  LoadedCases loaded = load_cases_text("/etc/tallymill/ads.test.yaml", text);
  INFO(render(loaded.problems));
  REQUIRE(loaded.file);
  return *std::move(loaded.file);
}

// "line: message" of each problem.
std::vector<std::string> problems_of(const std::string& text, const std::string& name = "ads.test.yaml") {
  const LoadedCases loaded = load_cases_text(name, text);
  CHECK_FALSE(loaded.file);
  std::vector<std::string> problems;
  for (const Problem& problem : loaded.problems) {
    problems.push_back(std::to_string(problem.place.line) + ": " + problem.message);
  }
  return problems;
}

std::string json(const std::string& yaml) {
  Problems problems;
  const Document document("test.yaml", "x: " + yaml + "\n");
  const YamlNodePtr root = parse_yaml(document, problems);
  REQUIRE(problems.errors() == 0);
  return json_text(*root->find("x")->value);
}

}  // namespace

TEST_CASE("a case says what goes in and what comes out, each with its place") {
  const CaseFile file = read(R"(
pipeline: ads
lookups: {owners: some/owners.csv}
cases:
  a name, with a comma:
    events:
      - {value: {a: 1, b: [x, "1"]}, key: k, headers: {h: v, none: null}, topic: t, partition: 3,
         timestamp: "2026-01-31T12:00:00Z"}
      - value: null
      - value: '{broken'
    rows:
      counts:
        - {key: a, n: 1.50, last: null}
      others: []
    dead_letters:
      - {event: 3, reason: bad_json, aggregation: counts, message: not valid}
    stops: {event: 2, reason: lookup_miss}
)");
  CHECK(file.config == "/etc/tallymill/ads.yaml");
  CHECK(file.pipeline == "ads");
  CHECK(file.lookups.at("owners").file == "/etc/tallymill/some/owners.csv");
  REQUIRE(file.cases.size() == 1);
  const PipelineCase& one = file.cases[0];
  CHECK(one.name == "a name, with a comma");
  CHECK(one.place.line == 5);
  REQUIRE(one.events.size() == 3);
  const CaseEvent& event = one.events[0];
  CHECK(event.value == "{\"a\":1,\"b\":[\"x\",\"1\"]}");
  CHECK(event.key == "k");
  REQUIRE(event.headers.size() == 2);
  CHECK(event.headers[0].second == "v");
  CHECK_FALSE(event.headers[1].second);
  CHECK(event.topic == "t");
  CHECK(event.partition == 3);
  CHECK(event.timestamp == parse_timestamp("2026-01-31T12:00:00Z"));
  CHECK_FALSE(one.events[1].value);
  CHECK(one.events[2].value == "{broken");
  REQUIRE(one.tables.size() == 2);
  const ExpectedRow& row = one.tables[0].rows.at(0);
  CHECK(row.place.line == 13);
  REQUIRE(row.cells.size() == 3);
  CHECK(row.cells[1].column == "n");
  CHECK(row.cells[1].text == "1.50");
  CHECK_FALSE(row.cells[2].text);
  CHECK(one.tables[1].rows.empty());
  REQUIRE(one.letters.size() == 1);
  CHECK(one.letters[0].event == 2);
  CHECK(one.letters[0].message == "not valid");
  CHECK(one.stop->event == 1);
}

TEST_CASE("a configuration may be named, and must be where the file's own name says none") {
  const std::string cases = "cases: {a: {events: [], dead_letters: []}}\n";
  CHECK(read("config: ../other.yaml\n" + cases).config == "/etc/other.yaml");
  CHECK(problems_of(cases, "cases.yaml") ==
        std::vector<std::string>{"1: config is missing: the configuration that the cases are for"});
}

TEST_CASE("whatever is wrong with a file of cases is told at once, each with its line") {
  const auto problems = problems_of(R"(
cases:
  one:
    event: []
  two:
    events: [{key: a}, {value: 1, partition: -1, timestamp: soon}]
  three:
    events: [{value: x}]
    dead_letters: [{event: 2, reason: late}, {event: 1}]
    rows: {counts: [{}, 7]}
)");
  const std::vector<std::string> expected{
      "4: cases.one: events is missing: a list of what is read",
      "4: unknown key event; did you mean events?",
      "6: cases.two.events[0]: value is missing: a JSON document, a text as it is, or null for a tombstone",
      "6: cases.two.events[1].partition: the number of a partition is expected here",
      "6: cases.two.events[1].timestamp: a time is expected here, as 2026-01-31T12:00:00Z",
      "6: cases.two: nothing is expected of this case; add rows, dead_letters or stops",
      "9: cases.three.dead_letters[0].event: event says which one, from 1 to 1",
      "9: cases.three.dead_letters[1]: reason is missing, as lookup_miss",
      "10: cases.three.rows.counts[0]: the row names no column",
      "10: cases.three.rows.counts[1]: a mapping is expected here"};
  CHECK(std::set<std::string>(problems.begin(), problems.end()) ==
        std::set<std::string>(expected.begin(), expected.end()));
  CHECK(problems_of("config: a.yaml\n").size() == 1);
  CHECK(problems_of("cases: {}\n").size() == 1);
  CHECK(problems_of("[]\n").size() == 1);
  CHECK(problems_of("").size() == 1);
}

TEST_CASE("YAML becomes the JSON that it looks like") {
  CHECK(json("{a: 1, b: -0.5e3, c: true, d: null}") == R"({"a":1,"b":-0.5e3,"c":true,"d":null})");
  CHECK(json("{a: \"1\", b: 'true', c: 01, d: 1., e: .5, f: +1, g: yes, h: 0x10}") ==
        R"({"a":"1","b":"true","c":"01","d":"1.","e":".5","f":"+1","g":"yes","h":"0x10"})");
  CHECK(json("[[], {}, 12345678901234567890123]") == "[[],{},12345678901234567890123]");
}

}  // namespace tallymill
