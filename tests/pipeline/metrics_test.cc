// What the loop tells of itself while it works.

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

TEST_CASE("a batch tells how long it was folded, waited, was written and was committed") {
  World world(counting_spec("    interval: 10s\n"));
  world.cluster.create("events", 1);
  Process process(world);
  process.store.timings = {7s, 8s};
  process.run(2s);
  world.send(10);
  process.run(7s);
  // The writer comes to it some time after the cut.
  for (int i = 0; i < 80; ++i) {
    process.step();
    process.fold();
    world.clock.advance(50ms);
  }
  CHECK(process.metrics.stages[Stage::wait].empty());
  process.run(1s);
  CHECK(world.count() == 10);
  auto& stages = process.metrics.stages;
  for (const auto& [stage, spent] : stages) REQUIRE(spent.size() == 1);
  REQUIRE(stages.size() == 4);
  // The first record was folded at about 2 s, the cut was at about 10 s, the writer's turn at 13 s.
  CHECK(stages[Stage::fold][0] >= 7s);
  CHECK(stages[Stage::fold][0] <= 9s);
  CHECK(stages[Stage::wait][0] >= 2s);
  CHECK(stages[Stage::wait][0] <= 4s);
  CHECK(stages[Stage::upsert][0] == 7s);
  CHECK(stages[Stage::commit][0] == 8s);
}

TEST_CASE("each owner of memory tells what it holds now") {
  World world(counting_spec("    interval: 10s\n"
                            "    lookups:\n"
                            "      owners: {file: owners.csv, key: key}\n"
                            "    derive:\n"
                            "      owner: lookup('owners', key).owner\n"));
  world.lookups.texts["owners"] = "key,owner\na,one\n";
  world.cluster.create("events", 1);
  Process process(world);
  auto& memory = process.metrics.memory_of;
  process.source.prefetched = 5;
  process.store.buffered = 6;
  process.run(3s);
  const std::size_t empty = memory["open_batch"];
  CHECK(memory["cut_batch"] == 0);
  CHECK(memory["prefetch"] == 5);
  CHECK(memory["serialization"] == 6);
  CHECK(memory["lookups"] > 0);
  for (int i = 0; i < 5000; ++i) world.send(1, "a" + std::to_string(i));
  process.run(4s);
  const std::size_t open = memory["open_batch"];
  CHECK(open > empty + 5000);
  process.store.down = true;
  process.run(10s);
  CHECK(memory["open_batch"] < open);
  CHECK(memory["cut_batch"] >= open);
  process.store.down = false;
  process.run(60s);
  CHECK(memory["cut_batch"] == 0);
}

}  // namespace tallymill::testing
