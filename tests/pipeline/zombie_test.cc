// Two processes on one pipeline: one counts, whatever the other believes.

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

namespace {

const LeaseTimes times = PipelineOptions().lease;

// Several processes together, for so long.
void run_all(const std::vector<Process*>& processes, Duration length) {
  constexpr Duration tick = 50ms;
  for (Duration passed{}; passed < length; passed += tick) {
    for (Process* process : processes) process->round();
    processes.front()->world.clock.advance(tick);
  }
}

}  // namespace

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
  run_all({first.get(), &second}, 2s);
  REQUIRE(second.metrics.last_state == PipelineState::standby);
  const bool cleanly = GENERATE(true, false);
  if (cleanly) {
    first->pipeline.request_stop();
    for (int i = 0; i < 20 && !first->pipeline.finished(); ++i) first->round();
    REQUIRE(first->pipeline.finished());
  }
  first.reset();
  world.send(5);
  second.run(cleanly ? times.observation + 100ms : 3s);
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
  run_all({&first, &second}, 2s);
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

TEST_CASE("an instance whose commit has to wait keeps its lease, and its batch") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  Process first(world, "s1");
  first.run(2s);
  Process second(world, "s2");
  const bool brokers = GENERATE(true, false);  // Who makes it wait: the brokers, or a lock.
  if (brokers) world.cluster.down = true;
  if (!brokers) first.store.next_fate = [] { return Fate::fail_before; };
  for (int i = 0; i < 600; ++i) {
    first.round();
    second.round();
    world.clock.advance(100ms);
  }
  CHECK(world.database.lease.session == "s1");
  CHECK(first.metrics.drops.empty());
  world.cluster.down = false;
  first.store.next_fate = [] { return Fate::normal; };
  first.run(5s);
  CHECK(world.count() == 10);
  CHECK(first.metrics.used == 10);
}

TEST_CASE("an outage of the database leaves the pipeline with the instance that had it") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  Process first(world, "s1");
  first.run(2s);
  Process second(world, "s2");
  run_all({&first, &second}, 2s);
  REQUIRE(second.metrics.last_state == PipelineState::standby);
  first.store.down = second.store.down = true;
  run_all({&first, &second}, 30s);
  first.store.down = second.store.down = false;
  // One comes back later than the one that stands by.
  second.run(times.patience * 3 / 4);
  run_all({&first, &second}, 30s);
  CHECK(second.metrics.last_state == PipelineState::standby);
  CHECK(first.metrics.drops.empty());
  CHECK(first.metrics.used == 10);
}

TEST_CASE("a database that answers late hands the pipeline to nobody") {
  World world;
  world.cluster.create("events", 1);
  Process first(world, "s1");
  Process second(world, "s2");
  run_all({&first, &second}, 2s);
  REQUIRE(second.metrics.last_state == PipelineState::standby);
  for (int i = 0; i < 20; ++i) {
    // Everybody's statement takes longer than patience; the standby has its answer first.
    first.step();
    second.step();
    world.clock.advance(times.patience * 3 / 2);
    second.run_writer();
    second.step();
    second.run(times.patience / 4);
    run_all({&first, &second}, 1s);
  }
  CHECK(world.database.lease.session == "s1");
  CHECK(second.metrics.last_state == PipelineState::standby);
}

TEST_CASE("an instance that ends before its start succeeded gives the lease up") {
  World world;
  world.cluster.create("events", 1);
  world.cluster.down = true;
  Process process(world);
  process.run(5s);
  REQUIRE(world.database.lease.session == "s1");
  process.pipeline.request_stop();
  process.run(1s);
  REQUIRE(process.pipeline.finished());
  CHECK(world.database.lease.session.empty());
}

TEST_CASE("of two instances of one name the later keeps the lease, also while neither can start") {
  World world;
  world.cluster.create("events", 1);
  world.cluster.down = true;
  PipelineOptions same;
  same.instance = "host";
  Process former(world, "s1", same);
  former.run(5s);
  Process later(world, "s2", same);
  for (int i = 0; i < 20; ++i) {
    later.round();
    former.round();
    world.clock.advance(100ms);
  }
  CHECK(world.database.lease.session == "s2");
  CHECK(former.metrics.last_state == PipelineState::standby);
}

TEST_CASE("where a pipeline begins is not decided by who looked before another one took it over") {
  const bool known_before = GENERATE(true, false);
  World world(pattern_spec());
  world.spec.pipelines[0].source.start.kind = StartAt::Kind::latest;
  if (known_before) world.cluster.create("ads-eu", 1);
  Process successor(world, "s2");
  Process zombie(world, "s1");
  // It hangs behind its lease and what it read, until long after its lease was over.
  zombie.source.before_list = [&] {
    successor.run(3 * times.patience);
    REQUIRE(world.database.lease.session == "s2");
    world.cluster.create("ads-us", 1);
    world.send_to("ads-us", 10, "new");
  };
  zombie.run(1s);
  CHECK(zombie.metrics.last_state == PipelineState::standby);
  run_all({&successor, &zombie}, 60s);
  CHECK(successor.metrics.last_state == PipelineState::running);
  CHECK(world.count("new") == 10);
}

TEST_CASE("two processes that fight for every batch count each record once") {
  World world;
  world.cluster.create("events", 2);
  PipelineOptions eager;
  eager.lease.patience = 1ms;
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
