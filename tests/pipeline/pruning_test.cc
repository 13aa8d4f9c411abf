// Retention is kept beside the commits, never in their way.

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

TEST_CASE("what is old is pruned now and then, and at once where one bite was not all") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(90s);
  const int idle = process.store.prunes;
  CHECK(idle >= 1);
  CHECK(idle <= 3);
  process.store.bites = idle + 10;
  process.run(90s);
  CHECK(process.store.prunes >= idle + 10);
}

TEST_CASE("nothing is pruned while a batch waits for its commit") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(2s);
  process.store.next_fate = [] { return Fate::fail_before; };
  process.run(10s);
  const int before = process.store.prunes;
  process.run(300s);
  CHECK(process.store.prunes == before);
  process.store.next_fate = [] { return Fate::normal; };
  process.run(90s);
  CHECK(process.store.prunes > before);
  CHECK(world.count() == 10);
}

}  // namespace tallymill::testing
