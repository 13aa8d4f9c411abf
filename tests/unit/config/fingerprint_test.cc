#include "config/fingerprint.h"

#include <string>
#include <utility>
#include <vector>

#include "unit/config/edited.h"

#include "support/catch.h"

namespace tallymill {
namespace {

const std::string base = R"(kafka: {brokers: "localhost:9092"}
postgres: {dsn: "dbname=stats"}
pipelines:
  ads:
    source:
      topics: [events]
      fields: {cost: decimal, kind: string}
    event_time: {field: at, unit: ms}
    interval: 5s
    lookups:
      ads: {file: ads.csv, key: id, on_miss: drop}
    derive:
      campaign: lookup(ads, ad).campaign
    aggregations:
      stats:
        where: kind == "view"
        window: 10s
        group_by: [campaign]
        columns:
          n: count()
          spend: sum(cost)
          price: spend / n
)";

// The fingerprint after one place of the text was changed.
std::string fingerprint_with(const std::string& from, const std::string& to) {
  return load_edited(base, from, to).spec->pipelines.at(0).fingerprint;
}

std::string fingerprint() { return fingerprint_with("ads", "ads"); }

// Neither may ever change: every pipeline that runs anywhere would be refused. The second is SHA-256
// over the length of the first, eight bytes with the lowest first, and the text itself.
TEST_CASE("the canonical text is the same for ever") {
  const Loaded loaded = load(base);
  REQUIRE(canonical_text(loaded.spec->pipelines.at(0)) == R"(pipeline v1
topic "events"
field "ad" string
field "at" timestamp declared unit ms
field "cost" decimal declared
field "kind" string declared
event_time "at"
lookup ads "id" drop
derive campaign "lookup(ads, ad).campaign"
aggregation v1 stats
table public stats
where "kind == \"view\""
window 10000
key campaign string "campaign"
column n count bigint
column spend sum numeric decimal "cost"
formula price numeric divide ( part spend part n )
)");
  REQUIRE(fingerprint() == "aa881d9754d3ce9c30c05e927ecc53d97a1bf0bc1b8178ab2b5edfe56a47cfeb");
}

TEST_CASE("what changes counted values changes the fingerprint") {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"topics: [events]", "topics: [events, more]"},
      {"topics: [events]", "topics: [^events.*]"},
      {"topics: [events]", "topics: [events]\n      isolation: read_uncommitted"},
      {"cost: decimal", "cost: int"},
      {"cost: decimal", "cost: decimal?"},
      {"cost: decimal", "cost: {type: decimal, default: 0}"},
      {"cost: decimal", "cost: decimal, unused: string"},
      {"unit: ms", "unit: s"},
      {"field: at", "field: ts"},
      {"    event_time: {field: at, unit: ms}\n", ""},
      {"key: id", "key: ad"},
      {"on_miss: drop", "on_miss: stop"},
      {".campaign\n", ".advertiser\n"},
      {"interval: 5s", "on_error: skip"},
      {"interval: 5s", "max_future: 1h"},
      {"kind == \"view\"", "kind == \"click\""},
      {"        where: kind == \"view\"\n", ""},
      {"window: 10s", "window: 20s"},
      {"        window: 10s\n", ""},
      {"[campaign]", "[campaign, kind]"},
      {"[campaign]", "{c: campaign}"},
      {"n: count()", "n: count(kind == \"view\")"},
      {"spend: sum(cost)", "spend: max(cost)"},
      {"spend / n", "spend / n * 100"},
      {"          price: spend / n\n", ""},
      {"window: 10s", "window: 10s\n        late: drop\n        late_after: 1h"},
      {"window: 10s", "window: 10s\n        sinks: {postgres: {table: other}}"},
      {"      stats:", "      stats2:"},
      {"      stats:", "      more: {columns: {n: count()}}\n      stats:"},
  };
  for (const auto& [from, to] : changes) {
    DYNAMIC_SECTION(from << " becomes " << to) { CHECK(fingerprint_with(from, to) != fingerprint()); }
  }
}

// A column of a table may be null, so a key made of it is nullable, unless something stands in.
TEST_CASE("where a lookup comes from is no part of the fingerprint, but that a key of it may be null is") {
  const std::string file = "file: ads.csv";
  CHECK(fingerprint_with(file, "table: marketing.ads") != fingerprint());
  CHECK(fingerprint_with(file, "table: marketing.ads, refresh: 5s") ==
        fingerprint_with(file, "table: ads"));
  const std::string from_file =
      fingerprint_with("lookup(ads, ad).campaign", "coalesce(lookup(ads, ad).campaign, \"\")");
  std::string text = base;
  text.replace(text.find(file), file.size(), "table: ads");
  text.replace(text.find("lookup(ads, ad).campaign"), 24, "coalesce(lookup(ads, ad).campaign, \"\")");
  const Loaded loaded = load(text);
  REQUIRE(loaded.spec.has_value());
  CHECK(loaded.spec->pipelines.at(0).fingerprint == from_file);
}

TEST_CASE("what does not change counted values leaves the fingerprint as it was") {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"interval: 5s", "interval: 1s"},
      {"interval: 5s", "max_events: 100"},
      {"interval: 5s", "on_data_loss: record_gap"},
      {"interval: 5s", "max_dead_letter_ratio: 0.5"},
      {"interval: 5s", "dead_letters: {max_bytes: 1KiB}"},
      {"interval: 5s", "ledger: {retention: 1d}"},
      {"interval: 5s", "renamed_from: old"},
      {"interval: 5s", "on_error: dead_letter"},
      {"topics: [events]", "topics: [events]\n      start: latest"},
      {"topics: [events]", "topics: [events]\n      group_id: mine"},
      {"topics: [events]", "topics: [events]\n      format: json"},
      {"topics: [events]", "topics: [events]\n      isolation: read_committed"},
      {"cost: decimal, kind: string", "kind: string, cost: decimal"},
      {"file: ads.csv", "file: other.ndjson"},
      {"window: 10s", "window: 10000ms  # ten seconds"},
      {"window: 10s", "window: 10s\n        retention: 30d"},
      {"window: 10s", "window: 10s\n        late: accept"},
      {"window: 10s", "window: 10s\n        sinks: {postgres: {table: public.stats}}"},
      {"kind == \"view\"", "'((kind) == \"view\")'"},
      {"  ads:\n    source", "  ads2:\n    source"},
      {"pipelines:", "workers: 3\nmemory_limit: 1GiB\nhttp: {port: 1}\nlog: {level: debug}\npipelines:"},
      {"pipelines:", "instance: other\nx-note: none\npipelines:"},
      {"brokers: \"localhost:9092\"", "brokers: localhost, options: {socket.timeout.ms: 5000}"},
  };
  for (const auto& [from, to] : changes) {
    DYNAMIC_SECTION(from << " becomes " << to) { CHECK(fingerprint_with(from, to) == fingerprint()); }
  }
}

}  // namespace
}  // namespace tallymill
