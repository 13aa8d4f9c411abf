#include "pipeline/latencies.h"

#include "support/catch.h"

namespace tallymill {
namespace {

constexpr WallTime visible{std::chrono::hours(1)};

// That many records, each so many milliseconds old when it became visible.
TimeCounts aged(int count, std::int64_t ms) {
  TimeCounts times;
  const std::int64_t then = visible.time_since_epoch().count() - ms * 1000;
  for (int i = 0; i < count; ++i) times.add(Timestamp(then));
  return times;
}

bool near(std::optional<double> seconds, double wanted) {
  return seconds && *seconds > wanted * 0.75 && *seconds < wanted * 1.3;
}

}  // namespace

TEST_CASE("a share of the records was visible within about as long as they took") {
  Latencies latencies;
  latencies.add(aged(90, 200), visible);
  latencies.add(aged(10, 30'000), visible);
  CHECK(latencies.count() == 100);
  CHECK(near(latencies.within(0.5), 0.2));
  CHECK(near(latencies.within(0.9), 0.2));
  CHECK(near(latencies.within(0.95), 30));
  CHECK(near(latencies.within(1), 30));
}

TEST_CASE("without records there is no latency") {
  CHECK_FALSE(Latencies().within(0.5));
  CHECK(Latencies().count() == 0);
}

TEST_CASE("records from the future and from long ago are counted, too") {
  Latencies latencies;
  latencies.add(aged(1, -60'000), visible);
  latencies.add(aged(1, 30LL * 24 * 3600 * 1000), visible);
  CHECK(latencies.count() == 2);
  CHECK(*latencies.within(0.5) <= 0.01);
  CHECK(*latencies.within(1) > 3600);
}

TEST_CASE("latencies of two minutes add up") {
  Latencies first;
  Latencies second;
  first.add(aged(1, 100), visible);
  second.add(aged(3, 1000), visible);
  first.add(second);
  CHECK(first.count() == 4);
  CHECK(near(first.within(0.25), 0.1));
  CHECK(near(first.within(0.99), 1));
}

}  // namespace tallymill
