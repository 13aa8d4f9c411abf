#include "pipeline/outage_log.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "unit/base/captured_log.h"

namespace tallymill {
namespace {

constexpr SteadyTime start{std::chrono::hours(1)};

Error away() { return {Reaction::retry, "08006", "connecting to Postgres: connection refused"}; }
Error full() { return {Reaction::retry, "53100", "committing batch 12: disk full"}; }

TEST_CASE("an outage is a line when it starts and a line when it ends, however many tries lie between") {
  configure_log(LogLevel::info, LogFormat::text);
  OutageLog outage("ads");
  Captured captured;
  outage.worked(start);
  for (int i = 0; i < 100; ++i) outage.failed(away(), start + std::chrono::seconds(i));
  CHECK(outage.message() == away().message());
  outage.worked(start + std::chrono::seconds(100));
  outage.worked(start + std::chrono::seconds(200));
  CHECK(outage.message().empty());
  const auto lines = captured.lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].substr(time_size) ==
        "warn waiting; the same will be tried again pipeline=ads "
        "error=\"connecting to Postgres: connection refused\" code=08006");
  CHECK(lines[1].substr(time_size) == "info working again pipeline=ads tries=100 waited_ms=100000");
}

TEST_CASE("an outage whose cause changes says so once per change") {
  configure_log(LogLevel::info, LogFormat::text);
  OutageLog outage("ads");
  Captured captured;
  for (int i = 0; i < 3; ++i) outage.failed(away(), start);
  for (int i = 0; i < 3; ++i) outage.failed(full(), start);
  CHECK(outage.message() == full().message());
  outage.failed(away(), start);
  const auto lines = captured.lines();
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].ends_with("code=08006"));
  CHECK(lines[1].ends_with("code=53100"));
  CHECK(lines[2].ends_with("code=08006"));
}

TEST_CASE("the next outage is an outage of its own") {
  configure_log(LogLevel::info, LogFormat::text);
  OutageLog outage("ads");
  Captured captured;
  outage.failed(away(), start);
  outage.worked(start + std::chrono::seconds(1));
  outage.failed(away(), start + std::chrono::seconds(10));
  outage.worked(start + std::chrono::seconds(12));
  const auto lines = captured.lines();
  REQUIRE(lines.size() == 4);
  CHECK(lines[3].ends_with("tries=1 waited_ms=2000"));
}

}  // namespace
}  // namespace tallymill
