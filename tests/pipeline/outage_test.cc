// Brokers or database away: everything waits, and says so.

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

TEST_CASE("a database that is away is waited for, and the status says so") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(2s);
  process.store.down = true;
  process.run(60s);
  CHECK(process.metrics.last_state == PipelineState::running);
  CHECK(process.pipeline.status().trouble.find("away") != std::string::npos);
  process.store.down = false;
  process.run(20s);
  CHECK(process.pipeline.status().trouble.empty());
  CHECK(world.count() == 10);
}

TEST_CASE("brokers that are away at the start are waited for") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  world.cluster.down = true;
  Process process(world);
  process.run(60s);
  CHECK(process.metrics.last_state == PipelineState::starting);
  world.cluster.down = false;
  process.run(20s);
  CHECK(world.count() == 10);
}

TEST_CASE("a quiet pipeline has no age and no lag") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(3600s, 500ms);
  CHECK(process.metrics.age.value() < 2);
  CHECK(process.metrics.lags.begin()->second.first == 0);
}

TEST_CASE("a pipeline that cannot commit grows old") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(2s);
  process.store.down = true;
  process.run(100s);
  CHECK(process.metrics.age.value() > 95);
  CHECK(process.metrics.lags.begin()->second.second > 95);
}

TEST_CASE("messages of an old assignment, or below the expected offset, are ignored and counted") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(10s);
  Record stale;
  const std::string value = event("a");
  stale.value = value;
  const bool old_epoch = GENERATE(true, false);
  Chunk chunk;
  chunk.epoch = old_epoch ? AssignmentEpoch(0) : process.source.assignment().epoch;
  stale.offset = old_epoch ? Offset(10) : Offset(9);
  chunk.records.push_back(stale);
  process.source.inject = std::move(chunk);
  process.run(10s);
  CHECK(world.count() == 10);
  CHECK(process.metrics.ignored == 1);
}

TEST_CASE("a partition that died in silence is read anew") {
  World world;
  world.cluster.create("events", 2);
  Process process(world);
  process.run(2s);
  process.source.silence(0);
  world.send(10, "a", 0);
  for (int i = 0; i < 100; ++i) {
    world.send(1, "b", 1);
    process.run(1s, 500ms);
  }
  process.run(10s);
  CHECK(world.count("a") == 10);
  CHECK(world.count("b") == 100);
  CHECK(process.metrics.stalled == std::vector{TopicPartition{"events", Partition(0)}});
}

TEST_CASE("offsets for lag tools are published once the commit is certain, and not before") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.store.next_fate = [] { return Fate::fail_before; };
  process.run(20s);
  CHECK(process.source.published.empty());
  process.store.next_fate = [] { return Fate::normal; };
  process.run(10s);
  REQUIRE(process.source.published.size() == 1);
  CHECK(process.source.published[0].next_offset == Offset(10));
}

TEST_CASE("a drop takes the batch that waits with it, and the one whose answer has not come") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(2s);
  const bool waits = GENERATE(true, false);
  if (waits) {
    process.store.next_fate = [] { return Fate::fail_before; };
    process.run(10s);
    process.store.next_fate = [] { return Fate::normal; };
  } else {
    world.clock.advance(10s);
    process.step();  // Cuts and sends.
  }
  process.source.report(SourceEvent::Kind::out_of_range, {"events", Partition(0)});
  process.run(20s);
  CHECK(world.count() == 10);
  world.send(5);
  process.run(10s);
  CHECK(world.count() == 15);
  CHECK(process.metrics.drops == std::map<std::string, int>{{"position_lost", 1}});
}

}  // namespace tallymill::testing
