#include "unit/config/cases.h"

#include "support/catch.h"

namespace tallymill {

TEST_CASE("the example of each aggregate is a column that loads") {
  for (const AggregateSignature& aggregate : aggregate_catalog()) {
    const Loaded loaded = load(
        "kafka: {brokers: \"localhost:9092\"}\npostgres: {dsn: \"dbname=stats\"}\npipelines:\n  p:\n"
        "    source: {topics: [t], fields: {cost: decimal, latency_ms: int}}\n"
        "    aggregations:\n      a:\n        columns:\n          x: " +
        std::string(aggregate.example) + "\n");
    INFO(aggregate.example << "\n" << render(loaded.problems));
    CHECK(loaded.spec.has_value());
  }
}

}  // namespace tallymill
