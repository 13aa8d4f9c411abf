// Several processes on one pipeline that know of each other: who keeps it, and who is given it.

#include <memory>
#include <string>
#include <vector>

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

namespace {

// The processes together, for so long.
void run_all(const std::vector<Process*>& processes, Duration length) {
  constexpr Duration tick = 50ms;
  for (Duration passed{}; passed < length; passed += tick) {
    for (Process* process : processes) process->round();
    processes.front()->world.clock.advance(tick);
  }
}

PipelineState state(const Process& process) { return process.metrics.last_state; }

// A process of another configuration or version than "r1", which the first one has.
std::unique_ptr<Process> process_of(World& world, const std::string& session,
                                    const std::string& revision, const Spec* spec = nullptr) {
  auto process = std::make_unique<Process>(world, session, PipelineOptions{}, nullptr, spec);
  process->store.revision = revision;
  return process;
}

// One instance that counts, and one that stands by.
struct Two {
  explicit Two(int records = 0) {
    world.cluster.create("events", 1);
    world.send(records);
    run_all({&first, &second}, 2s);
    REQUIRE(state(first) == PipelineState::running);
    REQUIRE(state(second) == PipelineState::standby);
  }

  World world;
  Process first{world, "s1"};
  Process second{world, "s2"};
};

}  // namespace

TEST_CASE("an instance keeps its lease while its writer is busy for longer than patience") {
  Two two(10);
  auto& [world, first, second] = two;
  for (int i = 0; i < 600; ++i) {
    first.step();  // What it gave to the writer waits for half a minute.
    first.run_inquiries();
    first.run_heart();
    first.fold();
    second.round();
    world.clock.advance(50ms);
  }
  CHECK(state(second) == PipelineState::standby);
  first.run(1s);
  CHECK(first.metrics.drops.empty());
  CHECK(world.count() == 10);
}

TEST_CASE("an instance whose writer never comes back is replaced all the same") {
  Two two(10);
  auto& [world, first, second] = two;
  for (int i = 0; i < 1600; ++i) {
    first.step();
    first.run_heart();
    first.fold();
    second.round();
    world.clock.advance(50ms);
  }
  CHECK(state(second) == PipelineState::running);
  CHECK(world.count() == 10);
}

TEST_CASE("a start that takes longer than patience is not overtaken by another one") {
  World world;
  world.cluster.create("events", 1);
  Process first(world, "s1");
  Process second(world, "s2");
  first.step();
  first.run_writer();  // It has the lease now, and would look for its positions for long.
  REQUIRE(world.database.lease.session == "s1");
  for (int i = 0; i < 200; ++i) {
    first.step();
    first.run_heart();
    second.round();
    world.clock.advance(50ms);
  }
  CHECK(world.database.lease.session == "s1");
  CHECK(state(second) == PipelineState::standby);
}

TEST_CASE("a standby whose pipeline is dropped does not make it anew") {
  Two two;
  auto& [world, first, second] = two;
  world.database.dropped = true;
  second.run(10s);
  CHECK(state(second) == PipelineState::paused);
  CHECK(world.database.dropped);
}

TEST_CASE("a standby that was accepted and is refused later stays, for its process may count others") {
  Two two;
  auto& [world, first, second] = two;
  // A reset under another configuration, which has counted since.
  world.database.fingerprint = "another";
  world.database.sequence = 1;
  second.run(2s);
  CHECK(state(second) == PipelineState::stopped);
  CHECK_FALSE(second.pipeline.finished());
}

TEST_CASE("instances know of each other while they live, and of one that left no more") {
  Two two;
  auto& [world, first, second] = two;
  const auto seen = second.pipeline.status().instances;
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].state == "running");
  CHECK(seen[0].holds_lease);
  CHECK(seen[1].state == "standby");
  CHECK_FALSE(seen[1].holds_lease);
  second.pipeline.request_stop();
  second.run(1s);
  REQUIRE(second.pipeline.finished());
  first.run(1s);
  CHECK(first.pipeline.status().instances.size() == 1);
}

TEST_CASE("a standby is in trouble while it could not take over") {
  Two two;
  auto& [world, first, second] = two;
  CHECK(second.pipeline.status().trouble.empty());
  world.cluster.down = true;
  run_all({&first, &second}, 60s);
  CHECK_FALSE(second.pipeline.status().trouble.empty());
  world.cluster.down = false;
  run_all({&first, &second}, 60s);
  CHECK(second.pipeline.status().trouble.empty());
}

TEST_CASE("a standby of another revision is given the pipeline after a batch, and keeps it") {
  World world;
  world.cluster.create("events", 1);
  Process first(world, "s1");
  Process same(world, "s2");
  run_all({&first, &same}, 2s);
  world.send(10);
  run_all({&first, &same}, 1s);
  auto newer = process_of(world, "s3", "r2");
  run_all({&first, &same, newer.get()}, 2s);
  CHECK(state(*newer) == PipelineState::running);
  CHECK(state(first) == PipelineState::standby);
  CHECK(state(same) == PipelineState::standby);
  // What was folded was committed first, not dropped.
  CHECK(first.metrics.used == 10);
  CHECK(first.metrics.drops.empty());
  world.send(5);
  run_all({&first, &same, newer.get()}, 60s);
  CHECK(state(*newer) == PipelineState::running);
  CHECK(world.count() == 15);
  // One of the former revision that starts anew does not ask for it either.
  Process again(world, "s4");
  run_all({&first, &same, newer.get(), &again}, 20s);
  CHECK(state(*newer) == PipelineState::running);
  CHECK(state(again) == PipelineState::standby);
}

TEST_CASE("two that ask at once are given the pipeline once each, and then it stays") {
  World world;
  world.cluster.create("events", 1);
  Process first(world, "s1");
  first.run(2s);
  auto second = process_of(world, "s2", "r2");
  auto third = process_of(world, "s3", "r3");
  int changes = 0;
  std::string holder = world.database.lease.session;
  for (int i = 0; i < 1200; ++i) {
    run_all({&first, second.get(), third.get()}, 50ms);
    if (i % 20 == 0) world.send(1);
    if (world.database.lease.session == holder) continue;
    holder = world.database.lease.session;
    ++changes;
  }
  run_all({&first, second.get(), third.get()}, 10s);
  CHECK(changes == 2);
  CHECK(world.count() == 60);
}

TEST_CASE("a pipeline that was given to an instance that died is taken back") {
  World world;
  world.cluster.create("events", 1);
  Process first(world, "s1");
  first.run(2s);
  auto newer = process_of(world, "s2", "r2");
  while (world.database.lease.session != "s2") run_all({&first, newer.get()}, 50ms);
  newer.reset();
  world.send(10);
  first.run(3s);
  CHECK(state(first) == PipelineState::running);
  first.run(10s);
  CHECK(world.count() == 10);
}

TEST_CASE("an instance that asked and is stopped leaves the pipeline free") {
  World world;
  world.cluster.create("events", 1);
  Process first(world, "s1");
  first.run(2s);
  auto newer = process_of(world, "s2", "r2");
  while (world.database.lease.session != "s2") run_all({&first, newer.get()}, 50ms);
  newer->pipeline.request_stop();
  newer->run(1s);
  REQUIRE(newer->pipeline.finished());
  first.run(500ms);
  CHECK(state(first) == PipelineState::running);
}

TEST_CASE("a configuration that counts otherwise waits for the lease while nothing was counted") {
  const Spec changed = counting_spec("", "[]");
  World world;
  world.cluster.create("events", 1);
  Process first(world, "s1");
  first.run(2s);
  auto newer = process_of(world, "s2", "r2", &changed);
  SECTION("and is given it") {
    run_all({&first, newer.get()}, 2s);
    CHECK(state(*newer) == PipelineState::running);
    CHECK(world.database.fingerprint == changed.pipelines[0].fingerprint);
    // Until the new one has counted, the former one waits in its turn; then it is refused.
    CHECK(state(first) == PipelineState::standby);
    world.send(3);
    run_all({&first, newer.get()}, 10s);
    CHECK(world.total() == 3);
    CHECK(state(first) == PipelineState::stopped);
    CHECK(first.pipeline.failure()->code() == "config_changed");
  }
  SECTION("but is refused, and ends, once the former one has counted") {
    world.send(3);
    first.run(10s);
    run_all({&first, newer.get()}, 5s);
    CHECK(newer->pipeline.finished());
    CHECK(newer->pipeline.failure()->code() == "config_changed");
    CHECK(state(first) == PipelineState::running);
    CHECK(first.metrics.drops.empty());
  }
}

TEST_CASE("a drain neither asks for a pipeline nor hands it over") {
  World world;
  world.cluster.create("events", 1);
  PipelineOptions draining;
  draining.drain = true;
  Process first(world, "s1");
  first.run(2s);
  Process drain(world, "s2", draining);
  drain.store.revision = "r2";
  run_all({&first, &drain}, 5s);
  CHECK(world.database.lease.session == "s1");
  CHECK(drain.pipeline.failure()->code() == "lease_taken");
}

}  // namespace tallymill::testing
