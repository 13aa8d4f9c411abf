// Whether a pipeline moves: what a service manager's watchdog is fed by.

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

namespace {

struct Moving {
  Moving() {
    world.cluster.create("events", 1);
    world.send(10);
    process.run(2s);
    REQUIRE(process.pipeline.moves());
  }

  // Whether it moved at every step of so long.
  template <class Round>
  bool moves_throughout(Duration length, const Round& round) {
    for (Duration passed{}; passed < length; passed += 100ms) {
      round();
      world.clock.advance(100ms);
      if (!process.pipeline.moves()) return false;
    }
    return true;
  }

  World world;
  Process process{world};
};

}  // namespace

TEST_CASE("a pipeline that has nothing to count moves") {
  Moving moving;
  CHECK(moving.moves_throughout(600s, [&] { moving.process.round(); }));
}

TEST_CASE("a pipeline that waits for a store or a source that is away moves") {
  Moving moving;
  moving.world.send(10);
  SECTION("the store") { moving.process.store.down = true; }
  SECTION("the source") { moving.world.cluster.down = true; }
  CHECK(moving.moves_throughout(600s, [&] { moving.process.round(); }));
}

TEST_CASE("a pipeline that is paused moves") {
  Moving moving;
  moving.world.database.orders = {true, false, false, moving.world.database.orders.given + 1};
  CHECK(moving.moves_throughout(600s, [&] { moving.process.round(); }));
  CHECK(moving.process.metrics.last_state == PipelineState::paused);
}

TEST_CASE("a pipeline moves however long its writer takes: that ends by deadlines of its own") {
  Moving moving;
  auto& process = moving.process;
  const auto without_writer = [&] {
    process.step();
    process.run_inquiries();
    process.run_heart();
    process.fold();
  };
  CHECK(moving.moves_throughout(600s, without_writer));
}

TEST_CASE("a pipeline one of whose workers never comes back does not move, after a minute") {
  Moving moving;
  auto& process = moving.process;
  const auto without_worker = [&] {
    process.step();
    process.run_writer();
    process.run_inquiries();
    process.run_heart();
  };
  CHECK(moving.moves_throughout(58s, without_worker));
  CHECK_FALSE(moving.moves_throughout(5s, without_worker));
  process.fold();
  CHECK(process.pipeline.moves());
}

}  // namespace tallymill::testing
