#include "base/wakeup.h"

#include <future>
#include <thread>

#include "support/catch.h"

namespace tallymill {
namespace {

constexpr Duration for_ever = std::chrono::hours(24);

// How long the wait took that was to take at most a little.
Duration waited(Wakeup& wakeup) {
  const SteadyTime before = system_clock().steady_now();
  wakeup.wait_for(std::chrono::milliseconds(2));
  return system_clock().steady_now() - before;
}

TEST_CASE("a notification ends the sleep of another thread") {
  Wakeup wakeup;
  std::promise<void> waiting;
  std::thread sleeper([&] {
    waiting.set_value();
    wakeup.wait_for(for_ever);
  });
  waiting.get_future().wait();
  wakeup.notify();
  sleeper.join();
  SUCCEED("it woke");
}

TEST_CASE("a notification that comes before the wait ends the next one, and only that one") {
  Wakeup wakeup;
  wakeup.notify();
  wakeup.notify();
  wakeup.wait_for(for_ever);
  CHECK(waited(wakeup) >= std::chrono::milliseconds(2));
}

TEST_CASE("a wait without a notification ends when its time is up") {
  Wakeup wakeup;
  CHECK(waited(wakeup) >= std::chrono::milliseconds(2));
  wakeup.wait_for(Duration::zero());
  wakeup.wait_for(std::chrono::seconds(-1));
}

}  // namespace
}  // namespace tallymill
