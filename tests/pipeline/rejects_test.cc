// Records that cannot be used, and records that the database refuses.

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

TEST_CASE("a record that cannot be used is a dead letter in the same commit, and the rest counts") {
  World world;
  world.cluster.create("events", 1);
  world.send(3);
  world.cluster.append("events", 0, "junk");
  world.cluster.append("events", 0, std::nullopt);
  world.send(3);
  Process process(world);
  process.run(20s);
  CHECK(world.count() == 6);
  REQUIRE(world.database.dead_letters.size() == 1);
  CHECK(world.database.dead_letters[0].offset == Offset(3));
  CHECK(world.database.counts.at(0).skipped == 1);
}

TEST_CASE("exactly the records that the database refuses become dead letters") {
  World world;
  world.cluster.create("events", 2);
  world.send(50, "a", 0);
  world.send(20, "a", 1);
  Process process(world);
  process.store.poison = {{{"events", Partition(0)}, 17}, {{"events", Partition(0)}, 18},
                          {{"events", Partition(1)}, 0}};
  process.run(60s);
  CHECK(world.count() == 67);
  CHECK(world.database.dead_letters.size() == 3);
  for (const DeadLetter& letter : world.database.dead_letters) CHECK(letter.reason == "database");
  world.send(10, "a", 0);
  process.run(20s);
  CHECK(world.count() == 77);
}

TEST_CASE("too many rejects stop the pipeline before anything of the batch is written") {
  World world(counting_spec("    max_dead_letter_ratio: 0.2\n"));
  world.cluster.create("events", 1);
  world.send(200);
  Process process(world);
  process.run(20s);
  REQUIRE(world.count() == 200);
  for (int i = 0; i < 300; ++i) world.cluster.append("events", 0, "junk");
  world.send(100);
  process.run(20s);
  CHECK(process.metrics.last_state == PipelineState::stopped);
  CHECK(world.count() == 200);
  CHECK(world.database.dead_letters.empty());
  REQUIRE(process.pipeline.failure());
  CHECK(process.pipeline.failure()->code() == "dead_letter_ratio");
  CHECK(process.pipeline.failure()->message().find("300x bad_json") != std::string::npos);
}

TEST_CASE("the share of rejects is judged over batches that are each too small for it") {
  World world(counting_spec("    max_dead_letter_ratio: 0.2\n"));
  world.cluster.create("events", 1);
  Process process(world);
  for (int batch = 0; batch < 2; ++batch) {
    for (int i = 0; i < 30; ++i) world.cluster.append("events", 0, "junk");
    world.send(30);
    process.run(8s);
    CHECK(world.count() == 30);
  }
  CHECK(process.metrics.last_state == PipelineState::stopped);
}

TEST_CASE("records skipped for their errors count as errors") {
  World world(counting_spec("    on_error: skip\n    max_dead_letter_ratio: 0.2\n"));
  world.cluster.create("events", 1);
  for (int i = 0; i < 100; ++i) world.cluster.append("events", 0, "junk");
  world.send(100);
  Process process(world);
  process.run(20s);
  CHECK(process.metrics.last_state == PipelineState::stopped);
  REQUIRE(process.pipeline.failure());
  CHECK(process.pipeline.failure()->message().find("100x bad_json") != std::string::npos);
}

}  // namespace tallymill::testing
