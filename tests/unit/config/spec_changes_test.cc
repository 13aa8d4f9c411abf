#include "config/spec_changes.h"

#include <string>
#include <vector>

#include "unit/config/cases.h"

#include "support/catch.h"

namespace tallymill {
namespace {

using Names = std::vector<std::string>;

const std::string head = R"(instance: one
kafka: {brokers: "localhost:9092"}
postgres: {dsn: "dbname=stats", password: {file: /run/secret}}
pipelines:
)";

const std::string ads = R"(  ads:
    source: {topics: [events], fields: {cost: decimal, kind: string}}
    lookups: {kinds: {file: kinds.csv, key: kind}}
    derive: {name: "lookup(kinds, kind).name"}
    aggregations:
      stats: {group_by: [name], columns: {n: count(), spend: sum(cost)}}
)";

const std::string logs = R"(  logs:
    source: {topics: [logs], fields: {level: string}}
    aggregations:
      levels: {group_by: [level], columns: {n: count()}}
)";

Spec spec_of(const std::string& text) {
  Loaded loaded = load(text);
  INFO(text << render(loaded.problems));
  REQUIRE(loaded.spec.has_value());
  return *std::move(loaded.spec);
}

// What replacing one text by another in a configuration of both comes to.
SpecChanges after(const std::string& from, const std::string& to) {
  const std::string now = head + ads + logs;
  std::string next = now;
  REQUIRE(next.find(from) != std::string::npos);
  next.replace(next.find(from), from.size(), to);
  return changes_between(spec_of(now), spec_of(next));
}

}  // namespace

TEST_CASE("what means the same changes nothing, however it is written and wherever it stands") {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"ads", "ads"},
           {"  logs:\n", "  # A remark.\n\n  logs:\n    interval: 5000ms\n"},
           {"fields: {level: string}", "fields: {\"level\": string}"},
           {"file: kinds.csv", "file: ./kinds.csv"}}) {
    CAPTURE(to);
    const SpecChanges changes = after(from, to);
    CHECK_FALSE(changes.any());
    CHECK(changes.fixed.empty());
    CHECK(changes.kept == Names{"ads", "logs"});
  }
  const SpecChanges turned = changes_between(spec_of(head + ads + logs), spec_of(head + logs + ads));
  CHECK_FALSE(turned.any());
}

TEST_CASE("pipelines come, go and change by their names") {
  const Spec both = spec_of(head + ads + logs);
  const SpecChanges added = changes_between(spec_of(head + ads), both);
  CHECK(added.added == Names{"logs"});
  CHECK(added.kept == Names{"ads"});
  const SpecChanges removed = changes_between(both, spec_of(head + logs));
  CHECK(removed.removed == Names{"ads"});
  CHECK(removed.kept == Names{"logs"});
  const SpecChanges renamed = after("  logs:\n", "  lines:\n    renamed_from: logs\n");
  CHECK(renamed.added == Names{"lines"});
  CHECK(renamed.removed == Names{"logs"});
}

TEST_CASE("a pipeline changes with what it counts, how it runs and which files it reads, and no other does") {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"n: count(), spend", "n: count(kind == \"a\"), spend"},
           {"  ads:\n", "  ads:\n    interval: 1s\n"},
           {"  ads:\n", "  ads:\n    max_events: 10\n"},
           {"  ads:\n", "  ads:\n    dead_letters: {max_bytes: 1KiB}\n"},
           {"file: kinds.csv", "file: others.csv"},
           {"file: kinds.csv", "file: kinds.csv, format: ndjson"},
           {"file: kinds.csv", "table: kinds"},
           {"topics: [events]", "topics: [events, more]"},
           {"topics: [events]", "topics: [events], group_id: mine"}}) {
    CAPTURE(to);
    const SpecChanges changes = after(from, to);
    CHECK(changes.changed == Names{"ads"});
    CHECK(changes.kept == Names{"logs"});
  }
}

TEST_CASE("a lookup from another table, or read at other times, changes its pipeline") {
  std::string now = head + ads + logs;
  now.replace(now.find("file: kinds.csv"), 15, "table: kinds");
  const auto changed = [&now](const std::string& to) {
    std::string next = now;
    next.replace(next.find("table: kinds"), 12, to);
    return changes_between(spec_of(now), spec_of(next)).changed;
  };
  CHECK(changed("table: public.kinds").empty());
  CHECK(changed("table: crm.kinds") == Names{"ads"});
  CHECK(changed("table: kinds, refresh: 5s") == Names{"ads"});
}

TEST_CASE("a pipeline that has its name is not changed by where that came from") {
  CHECK_FALSE(after("  ads:\n", "  ads:\n    renamed_from: advertisements\n").any());
}

TEST_CASE("what all pipelines are made with changes them all") {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"localhost:9092", "localhost:9093"},
           {"brokers: \"localhost:9092\"", "brokers: \"localhost:9092\", options: {fetch.wait.max.ms: 50}"},
           {"dbname=stats", "dbname=others"},
           {"/run/secret", "/run/other"},
           {"dsn: ", "statement_timeout: 5s, dsn: "},
           {"instance: one", "instance: one\nworkers: 3"},
           {"instance: one", "instance: one\ntakeover: 10s"},
           {"instance: one", "instance: one\nmemory_limit: 1GiB"},
           {"instance: one", "instance: one\nhttp: {dead_letter_samples: true}"},
           {"instance: one", "instance: one\ndefaults: {interval: 1s}"}}) {
    CAPTURE(to);
    const SpecChanges changes = after(from, to);
    CHECK(changes.changed == Names{"ads", "logs"});
    CHECK(changes.fixed.empty());
  }
}

TEST_CASE("what is read at the start only is named, and the log is no pipeline's affair") {
  CHECK(after("instance: one", "instance: two").fixed == Names{"instance"});
  CHECK(after("instance: one", "instance: one\nhttp: {port: 1, address: \"::1\"}").fixed ==
        Names{"http.address", "http.port"});
  CHECK(after("instance: one", "instance: one\nhttp: {enabled: false}").fixed == Names{"http.enabled"});
  const SpecChanges log = after("instance: one", "instance: one\nlog: {level: debug, format: json}");
  CHECK_FALSE(log.any());
  CHECK(log.fixed.empty());
}

}  // namespace tallymill
