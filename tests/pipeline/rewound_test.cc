// The database went back in time: a failover forgot commits that had been acknowledged.

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

TEST_CASE("after a failover that forgot batches they are read and counted again") {
  World world;
  world.cluster.create("events", 2);
  world.send(10, "a", 0);
  Process process(world);
  process.run(20s);
  const FakeDatabase backup = world.database;
  world.send(10, "a", 0);
  world.send(10, "b", 1);
  process.run(20s);
  REQUIRE(world.total() == 30);
  world.database = backup;
  world.send(1, "a", 1);
  process.run(30s);
  CHECK(world.count("a") == 21);
  CHECK(world.count("b") == 10);
  CHECK(process.metrics.drops["rewound"] >= 1);
}

TEST_CASE("a failover that forgot batches of topics that are quiet since is noticed all the same") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(20s);
  const FakeDatabase backup = world.database;
  world.send(10);
  process.run(20s);
  REQUIRE(world.count() == 20);
  world.database = backup;
  process.run(20s);
  CHECK(world.count() == 20);
  CHECK(process.metrics.drops["rewound"] == 1);
}

TEST_CASE("after a failover to before the first start, reading begins where it first began") {
  World world(counting_spec());
  world.spec.pipelines[0].source.start.kind = StartAt::Kind::latest;
  world.cluster.create("events", 1);
  world.send(1000, "old");
  Process process(world);
  process.run(2s);
  world.send(10);
  process.run(20s);
  REQUIRE(world.total() == 10);
  world.database = FakeDatabase{};
  world.send(7);
  process.run(40s);
  CHECK(world.count("a") == 17);
  CHECK(world.count("old") == 0);
}

TEST_CASE("after a failover to before the first start, a topic that was made anew is read from where that began") {
  World world(counting_spec("    on_data_loss: record_gap\n"));
  world.spec.pipelines[0].source.start.kind = StartAt::Kind::latest;
  world.cluster.create("events", 1);
  world.send(1000, "old");
  Process process(world);
  process.run(2s);
  world.cluster.recreate("events", 1);
  world.send(10);
  process.run(60s);
  REQUIRE(world.count("a") == 10);
  world.database = FakeDatabase{};
  world.send(7);
  process.run(60s);
  CHECK(world.count("a") == 17);
  CHECK(world.database.gaps.empty());
}

TEST_CASE("where a start that is gone from the database is not known, it is not made up") {
  const auto kind = GENERATE(StartAt::Kind::latest, StartAt::Kind::earliest);
  World world;
  world.spec.pipelines[0].source.start.kind = kind;
  world.cluster.create("events", 1);
  { Process process(world); process.run(2s); world.send(10); process.run(20s); }
  Process next(world, "s2");  // Did not see the start.
  next.run(20s);
  REQUIRE(world.count() == 10);
  world.database = FakeDatabase{};
  world.send(5);
  next.run(40s);
  if (kind == StartAt::Kind::earliest) {
    CHECK(world.count() == 15);
  } else {
    CHECK(next.metrics.last_state == PipelineState::stopped);
    REQUIRE(next.pipeline.failure());
    CHECK(next.pipeline.failure()->code() == "checkpoint_gone");
    CHECK(world.count() == 0);
  }
}

TEST_CASE("checkpoint rows that somebody deleted are put back where they stood") {
  World world;
  world.cluster.create("events", 2);
  world.send(10, "a", 0);
  world.send(10, "a", 1);
  Process process(world);
  process.run(20s);
  world.database.checkpoints.erase({"events", Partition(1)});
  world.send(5, "a", 1);
  process.run(30s);
  CHECK(world.count() == 25);
}

TEST_CASE("a process that starts on deleted checkpoint rows refuses, because it cannot know") {
  World world;
  world.cluster.create("events", 2);
  world.send(10, "a", 0);
  { Process process(world); process.run(20s); }
  world.database.checkpoints.erase({"events", Partition(1)});
  Process next(world, "s2");
  next.run(20s);
  CHECK(next.metrics.last_state == PipelineState::stopped);
  REQUIRE(next.pipeline.failure());
  CHECK(next.pipeline.failure()->code() == "checkpoint_gone");
  CHECK(world.count() == 10);
}

}  // namespace tallymill::testing
