// Two processes on one pipeline: one counts, whatever the other believes.

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

TEST_CASE("an instance that finds another one ahead and alive stands by and fetches nothing") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  Process first(world, "s1");
  first.run(10s);
  Process second(world, "s2");
  for (int i = 0; i < 100; ++i) {
    second.round();
    first.round();
    world.clock.advance(200ms);
  }
  CHECK(second.metrics.last_state == PipelineState::standby);
  CHECK(second.source.assignment().partitions.empty());
  CHECK(first.metrics.last_state == PipelineState::running);
  CHECK(world.count() == 10);
}

TEST_CASE("a standby takes over from one that died, and at once from one that stopped") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  auto first = std::make_unique<Process>(world, "s1");
  first->run(10s);
  Process second(world, "s2");
  second.run(2s);
  REQUIRE(second.metrics.last_state == PipelineState::standby);
  const bool cleanly = GENERATE(true, false);
  if (cleanly) {
    first->pipeline.request_stop();
    for (int i = 0; i < 20 && !first->pipeline.finished(); ++i) first->round();
    REQUIRE(first->pipeline.finished());
  }
  first.reset();
  world.send(5);
  second.run(cleanly ? 2s : 8s);
  CHECK(second.metrics.last_state == PipelineState::running);
  second.run(10s);
  CHECK(world.count() == 15);
}

TEST_CASE("a frozen process that thaws drops what it held and counts nothing twice") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  Process frozen(world, "s1");
  frozen.run(2s);  // Folded, not yet committed.
  REQUIRE(frozen.metrics.last_state == PipelineState::running);
  world.clock.advance(60s);
  Process other(world, "s2");
  other.run(10s);  // Judges the lease...
  other.run(20s);  // ...and goes on.
  REQUIRE(world.count() == 10);
  world.send(5);
  for (int i = 0; i < 200; ++i) {
    frozen.round();
    other.round();
    world.clock.advance(200ms);
  }
  CHECK(world.count() == 15);
  CHECK(frozen.metrics.used + other.metrics.used == 15);
}

TEST_CASE("a lease that moved after it was judged is not taken") {
  World world;
  world.cluster.create("events", 1);
  Process first(world, "s1");
  first.run(2s);
  Process second(world, "s2");
  second.run(2s);
  // The holder's commit takes long: its counter stands still until the standby has judged.
  while (second.pipeline.status().state == PipelineState::standby) {
    second.step();
    if (second.pipeline.status().state == PipelineState::standby) second.run_writer();
    world.clock.advance(50ms);
  }
  second.step();
  REQUIRE(second.writer.waiting() == 1);
  ++world.database.lease.counter;
  second.run_writer();
  second.run(1s);
  CHECK(world.database.lease.session == "s1");
}

TEST_CASE("two processes that fight for every batch count each record once") {
  World world;
  world.cluster.create("events", 2);
  PipelineOptions eager;
  eager.lease_patience = 1ms;
  Process first(world, "s1", eager);
  Process second(world, "s2", eager);
  for (int i = 0; i < 2000; ++i) {
    if (i % 10 == 0) world.send(1, "k" + std::to_string(i % 3), static_cast<std::size_t>(i % 2));
    (i % 7 < 3 ? first : second).round();
    world.clock.advance(300ms);
  }
  second.run(60s);
  CHECK(world.total() == 200);
  CHECK(first.metrics.used + second.metrics.used == 200);
  CHECK(first.metrics.used > 0);
  CHECK(second.metrics.used > 0);
}

}  // namespace tallymill::testing
