// What a pipeline tells of its last hour: batches, rejects, and what went wrong.

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

namespace {

HistoryView history_of(Process& process) {
  return process.pipeline.history().view(process.world.clock.steady_now());
}

}  // namespace

TEST_CASE("each batch that was committed is told, with the offsets that it counted") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(10s);
  world.send(5);
  process.run(10s);
  REQUIRE(world.count() == 15);
  const HistoryView history = history_of(process);
  REQUIRE(history.batches.size() == 2);
  CHECK(history.batches[0].read == 10);
  CHECK(history.batches[1].read == 5);
  CHECK(history.batches[1].sequence == process.pipeline.status().last_sequence);
  CHECK(history.batches[1].id == process.pipeline.status().last_id);
  CHECK(history.batches[1].ranges.at(0).from == Offset(10));
  CHECK(history.batches[1].ranges.at(0).to == Offset(15));
  CHECK(history.summary.latency.records == 15);
  CHECK(process.pipeline.status().recent.records_per_second > 0);
}

TEST_CASE("a pipeline that has counted everything is as old as that fact") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(60s);
  CHECK(process.pipeline.status().checkpoint_age.value() < 2);
  world.cluster.down = true;
  process.store.down = true;
  world.send(10);
  process.run(60s);
  CHECK(process.pipeline.status().checkpoint_age.value() > 50);
}

TEST_CASE("a database that is away is told once per outage, however many tries there are") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(10s);
  process.store.down = true;
  world.send(10);
  process.run(60s);
  const HistoryView history = history_of(process);
  REQUIRE(history.troubles.size() == 1);
  CHECK(history.troubles.front().kind == Trouble::Kind::waiting);
  CHECK(history.troubles.front().times == 1);
  CHECK(history.troubles.front().message == process.pipeline.status().trouble);
}

TEST_CASE("a stop is told with its code and message") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(10s);
  world.cluster.down = true;
  process.run(5s);
  world.send(40);
  world.cluster.delete_before("events", 0, 30);
  world.cluster.down = false;
  process.run(60s);
  REQUIRE(process.metrics.last_state == PipelineState::stopped);
  const HistoryView history = history_of(process);
  REQUIRE_FALSE(history.troubles.empty());
  CHECK(history.troubles.front().kind == Trouble::Kind::stopped);
  CHECK(history.troubles.front().code == "data_lost");
}

TEST_CASE("what is rejected is counted by reason; samples are kept where they are wanted") {
  for (const bool wanted : {false, true}) {
    World world;
    world.cluster.create("events", 1);
    world.send(3);
    world.cluster.append("events", 0, "no event");
    PipelineOptions options;
    options.letter_samples = wanted;
    Process process(world, "s1", options);
    process.run(10s);
    const HistoryView history = history_of(process);
    REQUIRE(history.letters.size() == 1);
    CHECK(history.letters.front().reason == "bad_json");
    CHECK(history.letters.front().count == 1);
    REQUIRE(history.letters.front().samples.size() == (wanted ? 1 : 0));
    if (wanted) CHECK(history.letters.front().samples.front().value == "no event");
    CHECK(history.batches.front().rejected == 1);
  }
}

}  // namespace tallymill::testing
