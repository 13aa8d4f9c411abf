// Topics by pattern: those that are there, come, or are not there yet.

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

TEST_CASE("all topics that match are counted, and no others") {
  World world(pattern_spec());
  for (const char* topic : {"ads-eu", "ads-us", "ads", "bads-eu", "__consumer_offsets"}) {
    world.cluster.create(topic, 1);
    world.send_to(topic, 10, topic);
  }
  Process process(world);
  process.run(10s);
  CHECK(world.count("ads-eu") == 10);
  CHECK(world.count("ads-us") == 10);
  CHECK(world.total() == 20);
}

TEST_CASE("the cluster's own topics are counted by name alone") {
  World world(pattern_spec("", {"^.*"}));
  world.spec.pipelines[0].source.topics = {"__named"};
  for (const char* topic : {"ads", "__named", "__other"}) {
    world.cluster.create(topic, 1);
    world.send_to(topic, 10, topic);
  }
  Process process(world);
  process.run(10s);
  CHECK(world.count("ads") == 10);
  CHECK(world.count("__named") == 10);
  CHECK(world.count("__other") == 0);
}

TEST_CASE("a topic that is named, and matches two patterns, is counted once") {
  World world(pattern_spec("", {"^ads-.*", "^ads-e.*"}));
  world.spec.pipelines[0].source.topics = {"ads-eu"};
  world.cluster.create("ads-eu", 1);
  world.send_to("ads-eu", 10, "a");
  Process process(world);
  process.run(10s);
  CHECK(world.count() == 10);
}

TEST_CASE("a topic that appears later is counted from its first record, wherever the pipeline started") {
  World world(pattern_spec());
  world.spec.pipelines[0].source.start.kind = GENERATE(StartAt::Kind::earliest, StartAt::Kind::latest);
  const bool killed = GENERATE(false, true);
  const bool latest = world.spec.pipelines[0].source.start.kind == StartAt::Kind::latest;
  world.cluster.create("ads-eu", 1);
  world.send_to("ads-eu", 10, "old");
  auto process = std::make_unique<Process>(world);
  process->run(10s);
  world.cluster.create("ads-us", 1);
  world.send_to("ads-us", 7, "new");
  if (killed) process = std::make_unique<Process>(world, "s2");
  world.send_to("ads-us", 7, "new");
  process->run(60s);
  CHECK(world.count("old") == (latest ? 0 : 10));
  CHECK(world.count("new") == 14);
}

TEST_CASE("while nothing matches the pipeline waits, and says for what") {
  World world(pattern_spec());
  world.spec.pipelines[0].source.start.kind = StartAt::Kind::latest;
  const bool killed = GENERATE(false, true);
  auto process = std::make_unique<Process>(world);
  process->run(200s);
  CHECK(process->metrics.last_state == PipelineState::starting);
  CHECK(process->pipeline.status().detail ==
        "no topic matches '^ads-.*' yet; one that comes is read from its first record");
  // There is nothing to count; while nobody can find that out, there may be.
  CHECK(process->metrics.age.value() < 2);
  world.cluster.down = true;
  process->run(100s);
  CHECK(process->metrics.age.value() > 60);
  world.cluster.down = false;
  process->run(60s);
  CHECK(process->metrics.age.value() < 2);
  // The first start is over, so this one appears later.
  world.cluster.create("ads-eu", 1);
  world.send_to("ads-eu", 10, "new");
  if (killed) process = std::make_unique<Process>(world, "s2");
  process->run(20s);
  CHECK(process->metrics.last_state == PipelineState::running);
  CHECK(world.count("new") == 10);
}

TEST_CASE("a topic that is named and not there yet holds up those that match, and the wait says so") {
  World world(pattern_spec());
  world.spec.pipelines[0].source.topics = {"orders"};
  world.spec.pipelines[0].source.start.kind = StartAt::Kind::latest;
  world.cluster.create("ads-eu", 1);
  world.send_to("ads-eu", 10, "old");
  Process process(world);
  process.run(10s);
  CHECK(process.pipeline.status().detail ==
        "topic orders does not exist; until it does, those that match a pattern wait, too");
  // What comes before reading began is there when it begins.
  world.cluster.create("orders", 1);
  world.send_to("orders", 10, "old");
  process.run(60s);
  CHECK(process.metrics.last_state == PipelineState::running);
  world.send_to("orders", 5, "new");
  world.send_to("ads-eu", 5, "new");
  process.run(60s);
  CHECK(world.count("old") == 0);
  CHECK(world.count("new") == 10);
}

TEST_CASE("a drain does not wait for a topic that matches") {
  World world(pattern_spec());
  PipelineOptions options;
  options.drain = true;
  Process process(world, "s1", options);
  process.run(5s);
  CHECK(process.failure() == "no topic matches '^ads-.*' yet");
}

TEST_CASE("a pattern that nothing matches is a trouble while others are counted") {
  World world(pattern_spec("", {"^ads-.*", "^clicks-.*"}));
  world.cluster.create("ads-eu", 1);
  world.send_to("ads-eu", 10, "a");
  Process process(world);
  process.run(10s);
  CHECK(process.metrics.last_state == PipelineState::running);
  CHECK(world.count() == 10);
  CHECK(process.pipeline.status().trouble == "no topic matches '^clicks-.*' yet");
  world.cluster.create("clicks-eu", 1);
  process.run(60s);
  CHECK(process.pipeline.status().trouble.empty());
}

TEST_CASE("a topic that is not listed any more is read on: it may be that we may not list it") {
  World world(pattern_spec());
  for (const char* topic : {"ads-eu", "ads-us"}) {
    world.cluster.create(topic, 1);
    world.send_to(topic, 10, topic);
  }
  auto process = std::make_unique<Process>(world);
  process->run(10s);
  world.cluster.hidden = {"ads-us"};
  if (GENERATE(true, false)) process = std::make_unique<Process>(world, "s2");
  world.send_to("ads-us", 5, "ads-us");
  process->run(60s);
  CHECK(process->metrics.last_state == PipelineState::running);
  CHECK(world.count("ads-us") == 15);
}

TEST_CASE("two hundred topics are found at once, and two hundred more while the first are counted") {
  World world(pattern_spec());
  const auto make = [&world](const std::string& prefix) {
    for (int i = 0; i < 200; ++i) {
      const std::string topic = prefix + std::to_string(i);
      world.cluster.create(topic, 2);
      world.send_to(topic, 3, "a");
    }
  };
  make("ads-a");
  Process process(world);
  process.run(10s);
  CHECK(world.count() == 600);
  make("ads-b");
  process.run(60s);
  CHECK(world.count() == 1200);
  CHECK(world.database.checkpoints.size() == 800);
}

TEST_CASE("more partitions than a pipeline takes stop it, and the number is named") {
  const bool while_running = GENERATE(true, false);
  World world(pattern_spec());
  world.cluster.create("ads-eu", 1);
  world.send_to("ads-eu", 10, "a");
  auto process = std::make_unique<Process>(world);
  process->run(10s);
  if (!while_running) process = std::make_unique<Process>(world, "s2");
  world.cluster.create("ads-wide", 5'000);
  world.send_to("ads-eu", 1, "a");
  process->run(60s);
  CHECK(process->metrics.last_state == PipelineState::stopped);
  CHECK(process->failure().find("2 topics with 5001 partitions match '^ads-.*'") != std::string::npos);
  if (while_running) CHECK(world.count() == 11);
}

TEST_CASE("a standby is ready to take over what matches, and says what does not") {
  World world(pattern_spec("", {"^ads-.*", "^clicks-.*"}));
  world.cluster.create("ads-eu", 1);
  Process first(world);
  first.run(5s);
  Process standby(world, "s2");
  for (int i = 0; i < 100; ++i) {
    first.round();
    standby.run(50ms);
  }
  CHECK(standby.metrics.last_state == PipelineState::standby);
  CHECK(standby.pipeline.status().trouble == "no topic matches '^clicks-.*' yet");
}

}  // namespace tallymill::testing
