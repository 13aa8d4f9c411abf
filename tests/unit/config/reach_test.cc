// What a command does not reach for need not be there.

#include "unit/config/cases.h"

#include "support/catch.h"

namespace tallymill {
namespace {

const std::string pipelines =
    "pipelines: {p: {source: {topics: [t]}, aggregations: {a: {columns: {n: count()}}}}}\n";

std::size_t errors(const std::string& head, Reach reach) {
  const Loaded loaded =
      load_config_text("test.yaml", head + pipelines, aggregate_catalog(), environment_of({}), reach);
  CHECK(loaded.spec.has_value() == !has_errors(loaded.problems));
  return loaded.problems.size();
}

}  // namespace

TEST_CASE("without Postgres and HTTP, their variables need not be set, nor their sections be there") {
  const std::string kafka = "kafka: {brokers: \"localhost:9092\"}\n";
  const std::string others = "postgres: {dsn: \"${DSN}\"}\nhttp: {port: \"${PORT}\"}\ninstance: \"${NAME}\"\n";
  CHECK(errors(kafka + others, Reach::everything) == 3);
  CHECK(errors(kafka, Reach::everything) == 1);
  CHECK(errors(kafka + others, Reach::kafka) == 0);
  CHECK(errors(kafka, Reach::kafka) == 0);
  CHECK(errors("kafka: {brokers: \"${BROKERS}\"}\n" + others, Reach::kafka) == 1);
}

TEST_CASE("without Kafka, too, pipelines are enough") {
  CHECK(errors("", Reach::nothing) == 0);
  CHECK(errors("", Reach::kafka) == 1);
  CHECK(errors("kafka: {brokers: \"${BROKERS}\"}\n", Reach::nothing) == 0);
}

TEST_CASE("what a pipeline says is read by every command") {
  const std::string wrong = "memory_limit: 1\n";
  for (const Reach reach : {Reach::everything, Reach::kafka, Reach::nothing}) {
    CHECK(errors("kafka: {brokers: \"localhost:9092\"}\npostgres: {dsn: x}\n" + wrong, reach) == 1);
  }
}

}  // namespace tallymill
