// What a pipeline leaves behind when another object takes its place in the same process.

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

namespace {

// Processes of one instance that follow each other, as one that is built anew follows the former.
PipelineOptions of_one_instance() {
  PipelineOptions options;
  options.instance = "host";
  return options;
}

}  // namespace

TEST_CASE("one that leaves to return commits what is open and keeps its lease for who follows") {
  World world(counting_spec("    interval: 1h\n"));
  world.cluster.create("events", 1);
  Process standby(world, "other");
  Process first(world, "s1", of_one_instance());
  first.run(2s);
  world.send(10);
  first.run(1s);
  REQUIRE(world.count() == 0);
  standby.run(1s);
  REQUIRE(standby.metrics.last_state == PipelineState::standby);
  first.pipeline.request_stop(Leaving::to_return);
  first.run(1s);
  CHECK(first.pipeline.finished());
  CHECK(world.count() == 10);
  CHECK(world.database.lease.session == "s1");
  standby.run(500ms);
  CHECK(standby.metrics.last_state == PipelineState::standby);
  Process second(world, "s2", of_one_instance());
  second.run(500ms);
  CHECK(second.metrics.last_state == PipelineState::running);
  CHECK(world.database.lease.session == "s2");
}

TEST_CASE("one that does not return is followed by another instance after its patience") {
  World world;
  world.cluster.create("events", 1);
  Process first(world, "s1", of_one_instance());
  first.run(2s);
  Process standby(world, "other");
  standby.run(1s);
  first.pipeline.request_stop(Leaving::to_return);
  first.run(1s);
  REQUIRE(first.pipeline.finished());
  standby.run(10s);
  CHECK(standby.metrics.last_state == PipelineState::running);
}

TEST_CASE("asked to leave for good at any time, a pipeline gives its lease up") {
  World world;
  world.cluster.create("events", 1);
  Process process(world, "s1", of_one_instance());
  process.run(2s);
  process.pipeline.request_stop(Leaving::to_return);
  process.pipeline.request_stop();
  process.pipeline.request_stop(Leaving::to_return);
  process.run(1s);
  CHECK(process.pipeline.finished());
  CHECK(world.database.lease.session.empty());
}

TEST_CASE("a smaller limit has the open batch cut at once, a larger one lets it grow") {
  World world(counting_spec("    interval: 1h\n"));
  world.cluster.create("events", 1);
  Process process(world);
  process.run(2s);
  world.send(10);
  process.run(1s);
  REQUIRE(world.total() == 0);
  process.pipeline.limit_open(1);
  process.run(100ms);
  CHECK(world.total() == 10);
  process.pipeline.limit_open(std::size_t{64} << 20);
  world.send(10);
  process.run(1s);
  CHECK(world.total() == 10);
}

TEST_CASE("a refused configuration waits for a person where the process goes on") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  { Process process(world, "s0"); process.run(20s); }
  const Spec other = counting_spec("", "[]");
  PipelineOptions options;
  SECTION("ends the pipeline at the start of a process") {
    Process process(world, "s1", options, nullptr, &other);
    process.run(20s);
    CHECK(process.pipeline.finished());
  }
  SECTION("stops it where the process was there before") {
    options.refusal_ends = false;
    Process process(world, "s1", options, nullptr, &other);
    process.run(20s);
    CHECK_FALSE(process.pipeline.finished());
    CHECK(process.metrics.last_state == PipelineState::stopped);
    REQUIRE(process.pipeline.failure());
    CHECK(process.pipeline.failure()->code() == "config_changed");
  }
}

}  // namespace tallymill::testing
