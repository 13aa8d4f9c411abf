#include "base/clock.h"

#include <type_traits>

#include "support/catch.h"

namespace tallymill {
namespace {

TEST_CASE("the machine's clock for intervals never goes back") {
  SteadyTime last = system_clock().steady_now();
  for (int i = 0; i < 10000; ++i) {
    const SteadyTime now = system_clock().steady_now();
    REQUIRE(now >= last);
    last = now;
  }
}

TEST_CASE("the machine's wall clock counts microseconds since 1970") {
  // Between 2020 and 2200 on any machine whose clock is set at all.
  const auto since_1970 = system_clock().wall_now().time_since_epoch();
  CHECK(since_1970 > std::chrono::hours(24 * 365 * 50));
  CHECK(since_1970 < std::chrono::hours(24 * 365 * 230));
}

TEST_CASE("there is one machine clock for all") {
  CHECK(&system_clock() == &system_clock());
}

static_assert(SteadyTime::clock::is_steady);
static_assert(!std::is_convertible_v<WallTime, SteadyTime>, "an interval is never timed by the wall clock");

}  // namespace
}  // namespace tallymill
