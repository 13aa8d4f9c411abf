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
  CHECK(process.metrics.age < 2);
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
  CHECK(process.metrics.age > 95);
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

}  // namespace tallymill::testing
