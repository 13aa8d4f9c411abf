// When a batch is cut, and what ends with it.

#include <memory>

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

TEST_CASE("a batch is cut at its interval") {
  World world(counting_spec("    interval: 10s\n"));
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(9s);
  CHECK(world.count() == 0);
  process.run(2s);
  CHECK(world.count() == 10);
}

TEST_CASE("a batch is cut early when it holds max_events") {
  World world(counting_spec("    interval: 1h\n    max_events: 100\n"));
  world.cluster.create("events", 1);
  world.send(1000);
  Process process(world);
  process.source.records_per_fetch = 10;
  process.run(20s);
  CHECK(world.count() == 1000);
  for (const BatchCounts& counts : world.database.counts) CHECK(counts.read <= 110);
}

TEST_CASE("batches that were cut early do not put off the next interval") {
  World world(counting_spec("    interval: 5s\n    max_events: 10\n"));
  world.cluster.create("events", 1);
  world.send(1003);
  Process process(world);
  process.source.records_per_fetch = 10;
  process.run(30s);
  CHECK(world.count() == 1003);
}

TEST_CASE("while the writer is busy the batch grows, up to its memory, and then fetching waits") {
  World world(counting_spec("    interval: 100ms\n"));
  world.cluster.create("events", 1);
  PipelineOptions options;
  options.open_limit = std::size_t{1} << 20;
  Process process(world, "s1", options);
  process.source.records_per_fetch = 100;
  process.run(1s);
  process.store.down = true;
  for (int i = 0; i < 20'000; ++i) world.send(1, "key" + std::string(200, 'x') + std::to_string(i));
  process.run(60s);
  CHECK(process.pipeline.worker(0).open_bytes() < std::size_t{2} << 20);
  CHECK(process.pipeline.worker(0).open_records() < 15'000);
  process.store.down = false;
  process.run(60s);
  CHECK(world.total() == 20'000);
}

TEST_CASE("a stop cuts, commits and gives the lease up, also while records keep coming") {
  World world(counting_spec("    interval: 1h\n"));
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(2s);
  process.pipeline.request_stop();
  int ms = 0;
  for (; ms < 8000 && !process.pipeline.finished(); ms += 50) {
    world.send(5);
    process.run(50ms);
  }
  CHECK(process.pipeline.finished());
  CHECK(ms < 2000);
  CHECK(world.database.lease.session.empty());
  CHECK(world.total() == world.next_offset());
  CHECK(world.total() >= 10);
  CHECK_FALSE(process.pipeline.failure());
}

TEST_CASE("a stop that the store does not let happen ends all the same") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(2s);
  process.store.down = true;
  process.pipeline.request_stop();
  process.run(9s);
  CHECK(process.pipeline.finished());
}

TEST_CASE("a drain reads what is there when it starts, commits and finishes") {
  World world(counting_spec("    interval: 1h\n"));
  world.cluster.create("events", 2);
  world.send(10, "a", 0);
  world.send(10, "a", 1);
  world.cluster.append_hole("events", 1);
  PipelineOptions options;
  options.drain = true;
  Process process(world, "s1", options);
  for (int i = 0; i < 100 && !process.pipeline.finished(); ++i) {
    process.round();
    if (i == 3) world.send(50, "later", 0);
    world.clock.advance(50ms);
  }
  CHECK(process.pipeline.finished());
  CHECK(world.count("a") == 20);
  CHECK(world.next_offset(1) == 11);
}

TEST_CASE("a drain does not end without a partition that a broker has not heard of yet") {
  World world;
  world.cluster.create("events", 2);
  world.send(10, "a", 1);
  PipelineOptions options;
  options.instance = "host";
  Process(world, "s1", options).run(20s);
  REQUIRE(world.count("a") == 10);
  world.send(10, "a", 1);
  auto& partitions = world.cluster.topics.at("events").partitions;
  const FakeCluster::Log unheard = partitions.back();
  partitions.pop_back();
  options.drain = true;
  Process drain(world, "s2", options);
  drain.run(30s);
  CHECK_FALSE(drain.pipeline.finished());
  CHECK(drain.pipeline.status().detail.find("without partition 1") != std::string::npos);
  partitions.push_back(unheard);
  drain.run(60s);
  CHECK(drain.pipeline.finished());
  CHECK(world.count("a") == 20);
}

TEST_CASE("a drain of a topic that is not there ends with an error") {
  World world;
  PipelineOptions options;
  options.drain = true;
  Process drain(world, "s2", options);
  drain.run(5s);
  CHECK(drain.pipeline.finished());
  REQUIRE(drain.pipeline.failure());
  CHECK(drain.pipeline.failure()->code() == "topic_missing");
}

TEST_CASE("a drain beside another instance ends with an error if that one lives, else it counts") {
  World world;
  world.cluster.create("events", 1);
  const bool lives = GENERATE(true, false);
  auto other = std::make_unique<Process>(world, "s1");
  other->run(2s);
  world.send(10);
  if (!lives) other.reset();
  PipelineOptions options;
  options.drain = true;
  Process drain(world, "s2", options);
  for (int i = 0; i < 400 && !drain.pipeline.finished(); ++i) {
    if (other) other->round();
    drain.round();
    world.clock.advance(50ms);
  }
  REQUIRE(drain.pipeline.finished());
  CHECK(drain.pipeline.failure().has_value() == lives);
  if (lives) CHECK(drain.pipeline.failure()->code() == "lease_taken");
  if (!lives) CHECK(world.count() == 10);
}

TEST_CASE("a record that on_error stops at ends the counting before it, under load, too") {
  World world(counting_spec("    on_error: stop\n"));
  world.cluster.create("events", 2);
  PipelineOptions options;
  options.workers = 2;
  Process process(world, "s1", options);
  world.send(10, "a", 0);
  world.cluster.append("events", 0, "junk");
  world.send(10, "a", 0);
  for (int i = 0; i < 400; ++i) {
    world.send(1, "b", 1);
    process.run(50ms);
  }
  CHECK(process.metrics.last_state == PipelineState::stopped);
  CHECK(world.count("a") == 10);
  CHECK(world.next_offset(0) == 10);
  REQUIRE(process.pipeline.failure());
  CHECK(process.pipeline.failure()->message().find("events/0 offset 10") != std::string::npos);
  CHECK(process.pipeline.failure()->message().find("on_error: dead_letter") != std::string::npos);
}

}  // namespace tallymill::testing
