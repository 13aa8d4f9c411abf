#include "config/revision.h"

#include <string>

#include "config/fingerprint.h"
#include "config/spec_difference.h"
#include "unit/config/cases.h"

#include "support/catch.h"

namespace tallymill {
namespace {

const std::string base = R"(kafka: {brokers: "localhost:9092"}
postgres: {dsn: "dbname=stats"}
memory_limit: 256MiB
pipelines:
  ads:
    source: {topics: [events], fields: {cost: decimal, kind: string}}
    interval: 5s
    aggregations:
      stats:
        group_by: [kind]
        columns: {n: count(), spend: sum(cost)}
      totals:
        columns: {n: count()}
)";

PipelineSpec with(const std::string& from, const std::string& to) {
  std::string text = base;
  text.replace(text.find(from), from.size(), to);
  Loaded loaded = load(text);
  INFO(text << render(loaded.problems));
  REQUIRE(loaded.spec.has_value());
  return loaded.spec->pipelines.at(0);
}

TEST_CASE("a revision tells how a pipeline runs, not only what it counts") {
  const std::string before = revision_of(with("ads", "ads"), "1");
  CHECK(before == revision_of(with("ads", "ads"), "1"));
  CHECK(before != revision_of(with("ads", "ads"), "2"));
  CHECK(before != revision_of(with("interval: 5s", "interval: 4s"), "1"));
  CHECK(before != revision_of(with("count()", "count(kind == \"a\")"), "1"));
  const auto ratio = [](const std::string& value) {
    return revision_of(with("interval: 5s", "max_dead_letter_ratio: " + value), "1");
  };
  CHECK(ratio("0.0000001") != ratio("0.0000002"));
  CHECK(ratio("0.1") == ratio("0.10"));
  // What may differ from host to host.
  CHECK(before == revision_of(with("memory_limit: 256MiB", "memory_limit: 512MiB"), "1"));
  CHECK(before == revision_of(with("postgres: {dsn", "instance: other\npostgres: {dsn"), "1"));
}

TEST_CASE("a difference shows the statements that two configurations do not share") {
  const std::string before = canonical_text(with("ads", "ads"));
  const std::string text = difference(
      before, canonical_text(with("spend: sum(cost)", "spend: sum(cost), most: max(cost)")));
  CHECK(text.find("  + stats: column most max") != std::string::npos);
  CHECK(text.find("  -") == std::string::npos);
  const std::string other = difference(before, canonical_text(with("kind: string", "kind: int")));
  CHECK(other.find("  - field \"kind\" string") != std::string::npos);
  CHECK(other.find("  + field \"kind\" int") != std::string::npos);
  CHECK(other.find("totals") == std::string::npos);
}

}  // namespace
}  // namespace tallymill
