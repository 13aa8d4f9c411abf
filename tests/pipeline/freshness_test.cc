// How old a pipeline says that it is, whatever state it is in: what pages a person depends on it.

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

namespace {

struct Running {
  Running() {
    world.cluster.create("events", 2);
    world.send(10);
    process.run(2s);
    REQUIRE(process.metrics.last_state == PipelineState::running);
  }

  World world;
  Process process{world};
};

}  // namespace

TEST_CASE("a pipeline that cannot even start grows old") {
  World world;
  world.cluster.create("events", 1);
  world.cluster.down = true;
  Process process(world);
  process.run(100s);
  REQUIRE(process.metrics.last_state == PipelineState::starting);
  CHECK(process.metrics.age.value() > 95);
}

TEST_CASE("a pipeline that starts again and again and counts nothing grows old") {
  Running running;
  auto& [world, process] = running;
  process.source.records_per_fetch = 0;
  world.send(10);
  process.run(300s);
  REQUIRE(process.metrics.drops["partition_stalled"] >= 3);
  CHECK(process.metrics.age.value() > 250);
}

TEST_CASE("a pipeline that had counted everything grows old while the source is away") {
  Running running;
  auto& [world, process] = running;
  process.run(10s);
  REQUIRE(process.metrics.age.value() < 2);
  const auto report = [&](SourceEvent::Kind kind) {
    SourceEvent event;
    event.kind = kind;
    process.source.report(std::move(event));
  };
  report(SourceEvent::Kind::unavailable);
  process.run(100s);
  CHECK(process.metrics.age.value() > 95);
  report(SourceEvent::Kind::available);
  process.run(10s);
  CHECK(process.metrics.age.value() < 2);
}

TEST_CASE("a pipeline that stopped tells why, grows old, and knows no lag") {
  Running running;
  auto& [world, process] = running;
  world.cluster.down = true;
  process.run(5s);
  world.send(40);
  world.cluster.delete_before("events", 0, 30);
  world.cluster.down = false;
  process.run(100s);
  REQUIRE(process.metrics.last_state == PipelineState::stopped);
  CHECK(process.metrics.stop_codes == std::vector<std::string>{"data_lost"});
  CHECK(process.metrics.age.value() > 95);
  CHECK(process.metrics.lags.empty());
}

TEST_CASE("a paused pipeline is neither old nor behind, and not when it goes on, either") {
  Running running;
  auto& [world, process] = running;
  world.database.orders = {true, false, false, world.database.orders.given + 1};
  process.run(100s);
  REQUIRE(process.metrics.last_state == PipelineState::paused);
  CHECK_FALSE(process.metrics.age);
  CHECK(process.metrics.lags.empty());
  world.cluster.down = true;
  world.database.orders = {false, false, false, world.database.orders.given + 1};
  process.run(10s);
  REQUIRE(process.metrics.last_state == PipelineState::starting);
  CHECK(process.metrics.age.value() < 11);
}

TEST_CASE("a standby is neither old nor behind, and counts when it takes over") {
  Running running;
  auto& [world, first] = running;
  Process second(world, "s2");
  for (int i = 0; i < 2000; ++i) {
    first.round();
    second.round();
    world.clock.advance(50ms);
  }
  CHECK(second.metrics.last_state == PipelineState::standby);
  CHECK_FALSE(second.metrics.age);
  CHECK(second.metrics.lags.empty());
  CHECK(second.metrics.takeovers == 0);
  second.run(20s);  // The first one is silent.
  CHECK(second.metrics.last_state == PipelineState::running);
  CHECK(second.metrics.takeovers == 1);
  CHECK(second.metrics.age.value() < 2);
}

TEST_CASE("starting again after a drop is no takeover") {
  Running running;
  auto& [world, process] = running;
  world.cluster.add_partition("events");
  process.run(60s);
  REQUIRE(process.source.assignment().partitions.size() == 3);
  CHECK(process.metrics.takeovers == 1);
}

}  // namespace tallymill::testing
