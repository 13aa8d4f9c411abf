// What persons tell a pipeline while it runs: pause, resume, and what may be passed over.

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

namespace {

// As the commands do.
void pause(World& world) {
  world.database.orders.paused = true;
  ++world.database.orders.given;
}

void resume(World& world, bool accept_gap = false, bool accept_topic = false) {
  world.database.orders = {false, accept_gap, accept_topic, world.database.orders.given + 1};
}

World with_records(int count) {
  World world;
  world.cluster.create("events", 1);
  world.send(count);
  return world;
}

// A pipeline that stopped because retention took [10, 30).
void lose_records(World& world) {
  { Process process(world, "s0"); process.run(20s); }
  world.send(40, "b");
  world.cluster.delete_before("events", 0, 30);
}

}  // namespace

TEST_CASE("a paused pipeline commits what is folded, gives up its lease and holds no record") {
  World world = with_records(10);
  Process process(world);
  process.run(20s);
  world.send(5);
  process.run(100ms);
  pause(world);
  process.run(3s);
  CHECK(process.metrics.last_state == PipelineState::paused);
  CHECK(process.pipeline.status().detail.find("tallymill resume") != std::string::npos);
  CHECK_FALSE(process.pipeline.failure());
  CHECK(world.count() == 15);
  CHECK(world.database.lease.session.empty());
  CHECK(process.source.assignment().partitions.empty());
  world.send(5);
  process.run(60s);
  CHECK(world.count() == 15);
  resume(world);
  process.run(20s);
  CHECK(process.metrics.last_state == PipelineState::running);
  CHECK(world.count() == 20);
}

TEST_CASE("a commit tells of the pause where there is always something to commit") {
  World world = with_records(10);
  Process process(world);
  process.run(20s);
  pause(world);
  world.send(10);
  // The writer is never idle for long enough to ask.
  for (int i = 0; i < 40 && process.metrics.last_state != PipelineState::paused; ++i) {
    world.send(1);
    process.run(500ms);
  }
  CHECK(process.metrics.last_state == PipelineState::paused);
}

TEST_CASE("a pipeline that is paused when its process starts reads nothing and takes no lease") {
  World world = with_records(10);
  pause(world);
  Process process(world);
  process.run(20s);
  CHECK(process.metrics.last_state == PipelineState::paused);
  CHECK(world.database.lease.session.empty());
  CHECK(world.database.checkpoints.empty());
  resume(world);
  process.run(20s);
  CHECK(world.count() == 10);
}

TEST_CASE("a standby is paused with the instance ahead, and one of them goes on") {
  World world = with_records(10);
  Process first(world, "one");
  first.run(2s);
  Process second(world, "two");
  for (int i = 0; i < 200; ++i) { first.round(); second.round(); world.clock.advance(50ms); }
  REQUIRE(second.metrics.last_state == PipelineState::standby);
  pause(world);
  for (int i = 0; i < 200; ++i) { first.round(); second.round(); world.clock.advance(50ms); }
  CHECK(first.metrics.last_state == PipelineState::paused);
  CHECK(second.metrics.last_state == PipelineState::paused);
  resume(world);
  world.send(10);
  for (int i = 0; i < 400; ++i) { first.round(); second.round(); world.clock.advance(50ms); }
  CHECK((first.metrics.last_state == PipelineState::running) !=
        (second.metrics.last_state == PipelineState::running));
  CHECK(world.count() == 20);
}

TEST_CASE("a pause that comes while the database is away is obeyed when it is back") {
  World world = with_records(10);
  Process process(world);
  process.run(1s);
  process.store.down = true;
  process.run(20s);
  pause(world);
  process.store.down = false;
  process.run(10s);
  CHECK(process.metrics.last_state == PipelineState::paused);
  CHECK(world.count() == 10);
}

TEST_CASE("a paused process that is told to stop stops") {
  World world = with_records(1);
  pause(world);
  Process process(world);
  process.run(5s);
  process.pipeline.request_stop();
  process.run(5s);
  CHECK(process.pipeline.finished());
}

TEST_CASE("draining a paused pipeline fails, and says what lets it go on") {
  World world = with_records(10);
  pause(world);
  PipelineOptions options;
  options.drain = true;
  Process process(world, "s1", options);
  process.run(20s);
  CHECK(process.pipeline.finished());
  REQUIRE(process.pipeline.failure());
  CHECK(process.pipeline.failure()->code() == "paused");
  CHECK(process.pipeline.failure()->message().find("tallymill resume") != std::string::npos);
}

TEST_CASE("a stopped pipeline tries again when it is told to go on") {
  World world = with_records(10);
  lose_records(world);
  Process process(world);
  process.run(20s);
  REQUIRE(process.metrics.last_state == PipelineState::stopped);
  CHECK(process.pipeline.failure()->message().find("tallymill resume --accept-gap") !=
        std::string::npos);
  const int tries = process.metrics.stops;
  process.run(60s);
  CHECK(process.metrics.stops == tries);
  resume(world);
  process.run(10s);
  CHECK(process.metrics.last_state == PipelineState::stopped);
  CHECK(process.metrics.stops == tries + 1);
  CHECK(world.total() == 10);
}

TEST_CASE("a pipeline that would try again by itself goes on at once when it is told to") {
  World world = with_records(10);
  Process process(world);
  process.store.next_fate = [] { return Fate::stop_before; };
  process.run(10s);
  REQUIRE(process.metrics.last_state == PipelineState::stopped);
  process.store.next_fate = [] { return Fate::normal; };
  SECTION("told") {
    resume(world);
    process.run(8s);
    CHECK(world.total() == 10);
  }
  SECTION("not told") {
    process.run(8s);
    CHECK(world.total() == 0);
    process.run(40s);
    CHECK(world.total() == 10);
  }
}

TEST_CASE("a start that a replay is in the way of is tried again until that has ended") {
  World world = with_records(10);
  Process process(world);
  process.store.refusal = Error(Reaction::stop, "replay_running", "a replay is under way");
  process.run(40s);
  CHECK(process.metrics.last_state == PipelineState::stopped);
  process.store.refusal.reset();
  process.run(40s);
  CHECK(process.metrics.last_state == PipelineState::running);
  CHECK(world.total() == 10);
}

TEST_CASE("a loss that is accepted is recorded once, and the next one stops again") {
  World world = with_records(10);
  lose_records(world);
  Process process(world);
  process.run(20s);
  SECTION("at once") { resume(world, true); }
  SECTION("though the first commits fail") {
    resume(world, true);
    process.store.next_fate = [] { return Fate::fail_before; };
    process.run(20s);
    CHECK(world.database.orders.accept_gap);
    process.store.next_fate = [] { return Fate::normal; };
  }
  process.run(60s);
  CHECK(process.metrics.last_state == PipelineState::running);
  CHECK(world.count("b") == 20);
  REQUIRE(world.database.gaps.size() == 1);
  CHECK(world.database.gaps[0].from == Offset(10));
  CHECK(world.database.gaps[0].to == Offset(30));
  CHECK_FALSE(world.database.orders.accept_gap);
  world.send(10, "c");
  world.cluster.delete_before("events", 0, 55);
  process.run(60s);
  CHECK(process.metrics.last_state == PipelineState::stopped);
  CHECK(world.database.gaps.size() == 1);
}

TEST_CASE("accepting a loss where nothing is lost holds for no later loss") {
  World world = with_records(10);
  Process process(world);
  process.run(20s);
  resume(world, true, true);
  world.send(5);
  process.run(20s);
  CHECK(world.count() == 15);
  CHECK_FALSE(world.database.orders.accept_gap);
  CHECK_FALSE(world.database.orders.accept_topic);
}

TEST_CASE("a topic made anew goes on only if that is what was accepted") {
  World world = with_records(10);
  { Process process(world, "s0"); process.run(20s); }
  world.cluster.recreate("events", 1);
  world.send(7, "new");
  Process process(world);
  process.run(20s);
  REQUIRE(process.metrics.last_state == PipelineState::stopped);
  CHECK(process.pipeline.failure()->message().find("--accept-topic") != std::string::npos);
  resume(world, true, false);
  process.run(10s);
  CHECK(process.metrics.last_state == PipelineState::stopped);
  resume(world, false, true);
  process.run(20s);
  CHECK(process.metrics.last_state == PipelineState::running);
  CHECK(world.count() == 10);
  CHECK(world.count("new") == 7);
  REQUIRE(world.database.gaps.size() == 1);
  CHECK(world.database.gaps[0].cause == "recreated");
}

TEST_CASE("a log that was cut and written anew goes on once its loss is accepted") {
  World world = with_records(10);
  { Process process(world, "s0"); process.run(20s); }
  world.cluster.truncate("events", 0, 5);
  world.send(10, "b");
  Process process(world);
  process.run(20s);
  REQUIRE(process.metrics.last_state == PipelineState::stopped);
  CHECK(process.pipeline.failure()->message().find("tallymill resume --accept-gap") !=
        std::string::npos);
  resume(world, true);
  process.run(20s);
  CHECK(process.metrics.last_state == PipelineState::running);
  CHECK(world.count("b") == 5);
  REQUIRE(world.database.gaps.size() == 1);
  CHECK(world.database.gaps[0].cause == "truncated");
}

TEST_CASE("a pause between the halves of a refused batch is no loss") {
  World world = with_records(50);
  Process process(world);
  process.store.poison = {{{"events", Partition(0)}, 17}};
  process.run(6s);
  pause(world);
  process.run(10s);
  CHECK(process.metrics.last_state == PipelineState::paused);
  resume(world);
  process.run(60s);
  CHECK(world.count() == 49);
  CHECK(world.database.dead_letters.size() == 1);
}

}  // namespace tallymill::testing
