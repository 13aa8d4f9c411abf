// A commit whose answer was lost is decided by what is stored, never guessed.

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

TEST_CASE("a lost answer is neither counted twice nor forgotten") {
  const auto fate = GENERATE(Fate::lose_before, Fate::lose_after);
  World world;
  world.cluster.create("events", 1);
  Process process(world);
  int commits = 0;
  process.store.next_fate = [&] { return ++commits % 2 == 1 ? fate : Fate::normal; };
  for (int i = 0; i < 20; ++i) {
    world.send(5);
    process.run(5s);
  }
  CHECK(world.count() == 100);
  CHECK(process.metrics.used == 100);
  CHECK(process.metrics.outcomes["unknown"] >= 10);
  CHECK(process.metrics.drops.empty());
}

TEST_CASE("while nobody can say what became of a commit, nothing else is sent") {
  World world;
  world.cluster.create("events", 1);
  world.send(5);
  Process process(world);
  process.run(1s);
  process.store.next_fate = [&] {
    process.store.down = true;
    return Fate::lose_after;
  };
  process.run(10s);
  REQUIRE(process.metrics.outcomes["unknown"] == 1);
  world.send(5);
  process.run(60s);
  CHECK(process.store.commits == 1);
  process.store.next_fate = [] { return Fate::normal; };
  process.store.down = false;
  process.run(20s);
  CHECK(world.count() == 10);
  CHECK(process.metrics.outcomes["committed"] == 1);
}

TEST_CASE("a try that certainly failed is made again with the same batch") {
  World world;
  world.cluster.create("events", 1);
  world.send(5);
  Process process(world);
  int left = 3;
  process.store.next_fate = [&] {
    if (left > 0) world.send(1);
    return left-- > 0 ? Fate::fail_before : Fate::normal;
  };
  process.run(30s);
  CHECK(world.total() == 8);
  CHECK(process.metrics.outcomes["failed"] == 3);
  // What came in meanwhile is in later batches: the one that failed stayed as it was cut.
  CHECK(world.database.counts.front().read == 5);
}

}  // namespace tallymill::testing
