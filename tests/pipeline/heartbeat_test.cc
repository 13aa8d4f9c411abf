// What a pipeline learns by its heartbeats, and what it does where they are not answered.

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

namespace {

using Drops = std::map<std::string, int>;

// One process on a topic of one partition, some seconds after it began to count.
struct Counting {
  explicit Counting(PipelineOptions options = {}) : process(world, "s1", std::move(options)) {
    world.cluster.create("events", 1);
    world.send(3);
    process.run(10s);
    REQUIRE(world.total() == 3);
    process.store.renewals = 0;
  }
  void order(bool paused) {
    world.database.orders = {paused, false, false, world.database.orders.given + 1};
  }
  // Each within two seconds.
  void check_that_it_obeys() {
    order(true);
    process.run(2s);
    CHECK(state() == PipelineState::paused);
    order(false);
    process.run(2s);
    CHECK(state() == PipelineState::running);
  }
  [[nodiscard]] PipelineState state() const { return process.metrics.last_state; }

  // As the loop does it by itself, but that no heartbeat ever comes back.
  void run_without_heart(Duration length) {
    for (Duration passed{}; passed < length;) {
      Duration tick = process.pipeline.step();
      // What another thread ends wakes it.
      while (process.writer.run_one()) tick = std::min<Duration>(tick, process.pipeline.step());
      process.run_inquiries();
      process.fold();
      world.clock.advance(tick);
      passed += tick;
    }
  }

  World world;
  Process process;
};

}  // namespace

TEST_CASE("an idle pipeline leaves its lease to the heartbeats, and tells only now and then that it is there") {
  Counting one;
  one.process.run(64s);
  CHECK(one.process.store.renewals >= 7);
  CHECK(one.process.store.renewals <= 9);
}

TEST_CASE("where heartbeats are not answered a pipeline keeps its lease itself, and says so") {
  Counting one;
  SECTION("because they fail") {
    one.process.store.silent = true;
    one.process.run(15s);
  }
  SECTION("because nothing ever comes back") { one.run_without_heart(15s); }
  CHECK(one.process.store.renewals >= 18);
  CHECK(one.state() == PipelineState::running);
  CHECK(one.process.pipeline.status().trouble.find("heartbeats are not answered") != std::string::npos);
  one.process.store.silent = false;
  one.process.run(10s);
  CHECK(one.process.pipeline.status().trouble.empty());
}

TEST_CASE("the first renewal follows within a beat and a half where a heartbeat does not come back") {
  Counting one;
  one.process.run(7s);
  const std::int64_t before = one.process.store.renewals;
  one.run_without_heart(1100ms);
  CHECK(one.process.store.renewals > before);
}

TEST_CASE("where heartbeats are not answered a pipeline still hears what persons want") {
  Counting one;
  one.process.store.silent = true;
  one.process.run(3s);
  one.check_that_it_obeys();
}

TEST_CASE("orders are heard within two seconds, however long a lease may stand still") {
  PipelineOptions options;
  options.lease = LeaseTimes::within(60s);
  Counting one(options);
  one.check_that_it_obeys();
}

TEST_CASE("orders are heard by a pipeline that has more to prune than it ever gets done") {
  Counting one;
  one.process.store.bites = 1'000'000;
  one.process.run(70s);
  REQUIRE(one.process.store.prunes > 100);
  one.order(true);
  one.process.run(2s);
  CHECK(one.state() == PipelineState::paused);
}

TEST_CASE("an idle pipeline finds by a heartbeat that it lost its lease, or that the database went back") {
  Counting one;
  SECTION("the lease") {
    one.world.database.lease = {"host-s9", "s9", one.world.database.lease.counter + 1};
    one.process.run(1s);
    CHECK(one.process.metrics.drops == Drops{{"lease_lost", 1}});
  }
  SECTION("the database") {
    one.world.database.sequence = 0;
    one.process.run(1s);
    CHECK(one.process.metrics.drops == Drops{{"rewound", 1}});
  }
}

TEST_CASE("a heartbeat that hangs on a former primary drops nothing") {
  Counting one;
  one.process.store.heard_sequence = 0;
  one.process.run(10s);
  CHECK(one.process.metrics.drops.empty());
  CHECK(one.state() == PipelineState::running);
}

TEST_CASE("what a heartbeat found before a pipeline paused does not let it go on") {
  Counting one;
  Process& process = one.process;
  // Answered, and not yet taken.
  while (process.heart.waiting() == 0) {
    process.step();
    one.world.clock.advance(50ms);
  }
  process.run_heart();
  one.order(true);
  one.world.send(1);
  process.fold();
  one.world.clock.advance(5s);
  for (int i = 0; i < 3; ++i) {
    process.step();
    process.run_writer();
  }
  CHECK(one.state() == PipelineState::paused);
  one.process.run(10s);
  CHECK(one.state() == PipelineState::paused);
}

}  // namespace tallymill::testing
