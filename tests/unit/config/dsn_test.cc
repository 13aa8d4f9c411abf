#include <string>

#include "unit/config/cases.h"

#include "support/catch.h"

namespace tallymill {
namespace {

// A client of Postgres that understands nothing but "dbname=stats".
Result<void> understand(const Secret& dsn) {
  if (dsn.reveal() == "dbname=stats") return {};
  return Error(Reaction::stop, "dsn", "this is no connection string: it is not");
}

Loaded load_with(const std::string& dsn, const std::string& variable, Reach reach = Reach::everything) {
  const std::string text =
      "kafka: {brokers: \"localhost:9092\"}\n"
      "postgres:\n"
      "  dsn: " + dsn + "\n"
      "pipelines:\n"
      "  events:\n"
      "    source: {topics: [events]}\n"
      "    aggregations: {stats: {columns: {n: count()}}}\n";
  return load_config_text("test.yaml", text, aggregate_catalog(), environment_of({{"DSN", variable}}), reach,
                          understand);
}

TEST_CASE("a DSN that cannot be understood is a problem at its place, and is not shown") {
  for (const std::string dsn : {"hots=db password=hunter2", "${DSN}"}) {
    const Loaded loaded = load_with(dsn, "hots=db password=hunter2");
    CHECK_FALSE(loaded.spec.has_value());
    REQUIRE(loaded.problems.size() == 1);
    CHECK(loaded.problems[0].place == Place{"test.yaml", 3, 8});
    CHECK(loaded.problems[0].message == "postgres.dsn: this is no connection string: it is not");
    CHECK(render(loaded.problems).find("hunter2") == std::string::npos);
  }
}

TEST_CASE("a DSN that is understood, or not at hand, or not reached for, is no problem") {
  CHECK(load_with("dbname=stats", "").problems.empty());
  CHECK(load_with("${DSN}", "dbname=stats").problems.empty());
  CHECK(load_with("{command: [vault, read, dsn]}", "").problems.empty());
  CHECK(load_with("nonsense", "", Reach::kafka).problems.empty());
}

}  // namespace
}  // namespace tallymill
