#include "daemon/watchdog_feed.h"

#include "support/catch.h"
#include "support/manual_clock.h"

namespace tallymill {
namespace {

using namespace std::chrono_literals;

struct Watched {
  testing::ManualClock clock;
  int fed = 0;
  WatchdogFeed feed{clock, 10s, [this] { ++fed; }};
};

}  // namespace

TEST_CASE("a watchdog is fed when each member has moved, and only then") {
  Watched watched;
  watched.clock.advance(60s);
  WatchdogFeed::Member one(watched.feed);
  WatchdogFeed::Member two(watched.feed);
  for (int i = 0; i < 100; ++i) {
    one.moved();
    watched.clock.advance(1s);
  }
  CHECK(watched.fed == 0);
  two.moved();
  CHECK(watched.fed == 1);
  for (int i = 0; i < 100; ++i) {
    one.moved();
    watched.clock.advance(1s);
  }
  CHECK(watched.fed == 1);
}

TEST_CASE("a watchdog is fed no more often than it needs") {
  Watched watched;
  watched.clock.advance(60s);
  WatchdogFeed::Member one(watched.feed);
  for (int i = 0; i < 1000; ++i) {
    one.moved();
    watched.clock.advance(100ms);
  }
  CHECK(watched.fed == 10);
}

TEST_CASE("time alone feeds no watchdog") {
  Watched watched;
  WatchdogFeed::Member one(watched.feed);
  watched.clock.advance(3600s);
  CHECK(watched.fed == 0);
}

TEST_CASE("one that has ended is waited for no more") {
  Watched watched;
  watched.clock.advance(60s);
  WatchdogFeed::Member one(watched.feed);
  {
    WatchdogFeed::Member two(watched.feed);
    one.moved();
    CHECK(watched.fed == 0);
  }
  one.moved();
  CHECK(watched.fed == 1);
}

}  // namespace tallymill
