// Whatever the records hold, the file that is made of them is a configuration, as it is and with all that
// it proposes taken into use.

#include "daemon/init/starter.h"

#include <random>
#include <set>
#include <string>
#include <vector>

#include "aggregate/catalog.h"
#include "base/json_writer.h"
#include "config/load.h"

#include "support/catch.h"

namespace tallymill {
namespace {

Loaded load(const std::string& text) {
  return load_config_text("init", text, aggregate_catalog(),
                          [](const std::string&) { return std::optional<std::string>(); });
}

// Fails the test with the text if it is no configuration, or one with a warning.
Spec spec_of(const std::string& text) {
  Loaded loaded = load(text);
  INFO(text << render(loaded.problems));
  REQUIRE(loaded.problems.empty());
  REQUIRE(loaded.spec);
  return std::move(*loaded.spec);
}

std::string starter_of(const std::vector<std::string>& documents) {
  Survey survey(1 << 20);
  for (const std::string& document : documents) survey.add(document);
  StarterInput input;
  input.kafka = kafka_section("localhost:9092");
  input.topic = "ad-events";
  input.file = "tallymill.yaml";
  input.from = "the last records of ad-events";
  input.proposal = propose(survey.result());
  return starter_text(input);
}

void replace_all(std::string& text, const std::string& what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

// As somebody would who uses every field that is proposed.
std::string with_all_fields(std::string text) {
  replace_all(text, "\n      # fields:", "\n      fields:");
  replace_all(text, "\n        # group_by", "\n        ## group_by");
  replace_all(text, "\n        # No field", "\n        ## No field");
  replace_all(text, "\n        # ", "\n        ");
  return text;
}

const std::vector<std::string> ad_events = {
    R"({"ad_id": "a", "type": "view", "cost": "0.50", "event_time": "1769860800000", "tags": [1]})",
    R"({"ad_id": "b", "type": "click", "cost": "1.5", "event_time": "1769860801000"})",
    R"({"ad_id": "c", "type": "view", "event_time": "1769860802000"})",
    R"({"ad_id": "d", "type": "click", "event_time": "1769860803000"})"};

TEST_CASE("a starter of records counts and sums them by their keys and their own time") {
  const Spec spec = spec_of(starter_of(ad_events));
  REQUIRE(spec.pipelines.size() == 1);
  const PipelineSpec& pipeline = spec.pipelines[0];
  CHECK(pipeline.name == "ad_events");
  CHECK(pipeline.source.topics == std::vector<std::string>{"ad-events"});
  REQUIRE(pipeline.event_time.field);
  CHECK(pipeline.fields[*pipeline.event_time.field].unit == TimeUnit::milliseconds);
  REQUIRE(pipeline.aggregations.size() == 1);
  const AggregationSpec& aggregation = pipeline.aggregations[0];
  CHECK(aggregation.name == "ad_events_per_minute");
  REQUIRE(aggregation.group_by.size() == 1);
  CHECK(aggregation.group_by[0].name == "type");
  REQUIRE(aggregation.columns.size() == 2);
  CHECK(aggregation.columns[1].name == "total_cost");
  CHECK(aggregation.columns[1].argument_type == Type::decimal);
}

TEST_CASE("each line of a proposal says why") {
  const std::string text = starter_of(ad_events);
  for (const char* line : {
           "        type: string  # in all 4 records, 2 values: click, view\n",
           "        cost: decimal?  # in 2 of 4 records, written as text, up to 2 digits behind the point\n",
           "        # ad_id: string  # in all 4 records, 4 values: a, b, c, d\n",
           "      # Left out: tags: an array in 1 of 4 records\n",
           "      field: event_time  # in all 4 records, digits, 4 values: ",
           "          - type  # in all 4 records, 2 values: click, view\n",
           "          total_cost: sum(cost)  # in 2 of 4 records, "}) {
    INFO(text);
    CHECK(text.find(line) != std::string::npos);
  }
}

TEST_CASE("without a time and without keys the records' own timestamps and one row per window are left") {
  const Spec spec = spec_of(starter_of({R"({"a": [1]})"}));
  CHECK_FALSE(spec.pipelines[0].event_time.field);
  CHECK(spec.pipelines[0].aggregations[0].group_by.empty());
  CHECK(spec.pipelines[0].aggregations[0].columns.size() == 1);
}

TEST_CASE("a starter without records is one for any topic") {
  StarterInput input;
  input.kafka = kafka_section("${KAFKA_BROKERS:-localhost:9092}");
  input.file = "tallymill.yaml";
  const Spec spec = spec_of(starter_text(input));
  CHECK(spec.pipelines[0].name == "events");
  CHECK(spec.kafka.brokers == "localhost:9092");
}

TEST_CASE("flags are text, whatever they hold") {
  StarterInput input;
  input.kafka = kafka_section("it's: \"#a\", {b}:9092");
  input.topic = "1e3";
  input.name = "null";
  input.file = "# a: [\x1B.yaml";
  CHECK(load(starter_text(input)).spec);
  input.name.clear();
  CHECK(load(starter_text(input)).spec->pipelines[0].name == "events_1e3");
  CHECK(load(starter_text(input)).spec->kafka.brokers == "it's: \"#a\", {b}:9092");
  input.name = std::string(63, 'x');
  CHECK(load(starter_text(input)).spec);
}

// What a name is made of: pieces that somebody's quoting may stumble over.
const std::vector<std::string> pieces = {
    "a", "B", "id", "time", " ", ".", "'", "\"", "`", "\\", "[", "]", "{", "}", "#", ": ", " #", "- ", "${X}",
    "${", "$${", "%", "&a", "*a", "!b", "|", ">", "@", "~", "=", "<<", ",", "?", "\n", "\t", "\x01", "\x7F",
    "\xC2\x85", "\xE2\x80\xA8", "\xEF\xBB\xBF", "\xEF\xBF\xBE", "ä", "日", "\xF0\x9F\x98\x80", "in", "null", "true", "no",
    "on", "_topic", "_key", "window_start", "events", "ctid", "1", "0x1", "1e3", "//", "--", "/*", "size", "has",
    std::string(70, 'y'), std::string(120, '\'')};

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(engine_); }
  const std::string& pick(const std::vector<std::string>& from) { return from[below(from.size())]; }

  std::string name() {
    std::string name;
    for (std::size_t left = below(4); left > 0 || name.empty(); left -= left > 0 ? 1 : 0) name += pick(pieces);
    return name;
  }

  void write_value(JsonWriter& json, int level) {
    switch (below(level < 3 ? 8 : 7)) {
      case 0: json.number(static_cast<std::int64_t>(below(5))); break;
      case 1: json.number(std::int64_t{1769860800}); break;
      case 2: json.string(pick(pieces)); break;
      case 3: json.string("0.5"); break;
      case 4: json.boolean(below(2) == 0); break;
      case 5: json.string("2026-01-31T12:00:00Z"); break;
      case 6: json.null(); break;
      default: write_object(json, level + 1);
    }
  }
  void write_object(JsonWriter& json, int level) {
    json.begin_object();
    for (const std::string& name : names_) {
      if (below(3) == 0) continue;
      json.key(name);
      write_value(json, level);
    }
    json.end_object();
  }
  // Documents with few names among them, so that each is seen more than once.
  std::vector<std::string> documents() {
    names_.clear();
    while (names_.size() < 8) names_.insert(name());
    std::vector<std::string> all;
    for (int i = 0; i < 6; ++i) {
      JsonWriter json;
      write_object(json, 1);
      all.push_back(json.text());
    }
    return all;
  }

 private:
  std::mt19937 engine_;
  std::set<std::string> names_;
};

TEST_CASE("odd names and values never make a file that does not load") {
  int fields = 0;
  for (unsigned seed = 1; seed <= 400; ++seed) {
    Random random(seed);
    const std::string text = starter_of(random.documents());
    INFO("seed " << seed);
    spec_of(text);
    const Spec all = spec_of(with_all_fields(text));
    fields += static_cast<int>(all.pipelines[0].fields.size());
  }
  CHECK(fields > 1000);
}

TEST_CASE("each single odd name is a field, outside and inside an object, or is left out") {
  for (const std::string& piece : pieces) {
    std::vector<std::string> documents;
    for (int i = 0; i < 4; ++i) {
      JsonWriter json;
      json.begin_object();
      json.key(piece);
      json.string(i % 2 == 0 ? "x" : "y");
      json.key("of " + piece);
      json.begin_object();
      json.key(piece);
      json.string("0.5");
      json.end_object();
      json.end_object();
      documents.push_back(json.text());
    }
    INFO(documents[0]);
    const std::string text = starter_of(documents);
    spec_of(text);
    const std::size_t proposed = spec_of(with_all_fields(text)).pipelines[0].fields.size();
    const bool left_out = text.find("# Left out: ") != std::string::npos;
    CHECK((proposed == 2) != left_out);
  }
}

TEST_CASE("fields without end make a file that still loads") {
  std::vector<std::string> documents;
  for (int i = 0; i < 400; ++i) {
    documents.push_back("{\"" + std::string(120, '\'') + std::to_string(i) + "\": {\"" + std::string(120, '`') + "\": 0.5}}");
  }
  const std::string text = starter_of(documents);
  spec_of(with_all_fields(text));
  CHECK(text.find("There were more fields") != std::string::npos);
}

}  // namespace
}  // namespace tallymill
