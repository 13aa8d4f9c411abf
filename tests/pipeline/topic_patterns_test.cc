// Topics by pattern: those that come, go, are made anew, or are not there yet.

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

namespace {

// A configuration that counts what matches `^ads-.*`, and more of its keys as counting_spec().
Spec pattern_spec(const std::string& more = "", std::vector<std::string> patterns = {"^ads-.*"}) {
  Spec spec = counting_spec(more);
  SourceSpec& source = spec.pipelines[0].source;
  source.topics.clear();
  for (const std::string& text : patterns) source.topic_patterns.push_back(*TopicPattern::parse(text).value);
  return spec;
}

void send(World& world, const std::string& topic, int count, const std::string& key) {
  for (int i = 0; i < count; ++i) world.cluster.append(topic, 0, event(key));
}

std::string failure_of(const Process& process) {
  const auto failure = process.pipeline.failure();
  return failure ? failure->message() : "";
}

}  // namespace

TEST_CASE("all topics that match are counted, and no others") {
  World world(pattern_spec());
  for (const char* topic : {"ads-eu", "ads-us", "ads", "bads-eu", "__consumer_offsets"}) {
    world.cluster.create(topic, 1);
    send(world, topic, 10, topic);
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
    send(world, topic, 10, topic);
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
  send(world, "ads-eu", 10, "a");
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
  send(world, "ads-eu", 10, "old");
  auto process = std::make_unique<Process>(world);
  process->run(10s);
  world.cluster.create("ads-us", 1);
  send(world, "ads-us", 7, "new");
  if (killed) process = std::make_unique<Process>(world, "s2");
  send(world, "ads-us", 7, "new");
  process->run(60s);
  CHECK(world.count("old") == (latest ? 0 : 10));
  CHECK(world.count("new") == 14);
}

TEST_CASE("while nothing matches the pipeline waits, and says for what") {
  World world(pattern_spec());
  world.spec.pipelines[0].source.start.kind = StartAt::Kind::latest;
  const bool killed = GENERATE(false, true);
  auto process = std::make_unique<Process>(world);
  process->run(10s);
  CHECK(process->metrics.last_state == PipelineState::starting);
  CHECK(process->pipeline.status().detail == "no topic matches '^ads-.*' yet");
  // The first start is over, so this one appears later.
  world.cluster.create("ads-eu", 1);
  send(world, "ads-eu", 10, "new");
  if (killed) process = std::make_unique<Process>(world, "s2");
  process->run(20s);
  CHECK(process->metrics.last_state == PipelineState::running);
  CHECK(world.count("new") == 10);
}

TEST_CASE("a drain does not wait for a topic that matches") {
  World world(pattern_spec());
  PipelineOptions options;
  options.drain = true;
  Process process(world, "s1", options);
  process.run(5s);
  CHECK(failure_of(process) == "no topic matches '^ads-.*' yet");
}

TEST_CASE("a pattern that nothing matches is a trouble while others are counted") {
  World world(pattern_spec("", {"^ads-.*", "^clicks-.*"}));
  world.cluster.create("ads-eu", 1);
  send(world, "ads-eu", 10, "a");
  Process process(world);
  process.run(10s);
  CHECK(process.metrics.last_state == PipelineState::running);
  CHECK(world.count() == 10);
  CHECK(process.pipeline.status().trouble == "no topic matches '^clicks-.*' yet");
  world.cluster.create("clicks-eu", 1);
  process.run(60s);
  CHECK(process.pipeline.status().trouble.empty());
}

TEST_CASE("a topic that matched and is gone stops the pipeline and is named, running or not") {
  const bool while_running = GENERATE(true, false);
  World world(pattern_spec());
  for (const char* topic : {"ads-eu", "ads-us"}) {
    world.cluster.create(topic, 1);
    send(world, topic, 10, topic);
  }
  auto process = std::make_unique<Process>(world);
  process->run(10s);
  if (!while_running) process = std::make_unique<Process>(world, "s2");
  world.cluster.topics.erase("ads-us");
  process->run(90s);
  CHECK(process->metrics.last_state == PipelineState::stopped);
  CHECK(failure_of(*process).find("ads-us partition 0 [10, unknown) (deleted)") != std::string::npos);
  CHECK(world.total() == 20);
}

TEST_CASE("a topic that is gone, and accepted as such, is a loss once, and counted anew if it comes again") {
  const bool by_order = GENERATE(true, false);
  World world(pattern_spec(by_order ? "" : "    on_data_loss: record_gap\n"));
  for (const char* topic : {"ads-eu", "ads-us"}) {
    world.cluster.create(topic, 1);
    send(world, topic, 10, topic);
  }
  auto process = std::make_unique<Process>(world);
  process->run(10s);
  world.cluster.topics.erase("ads-us");
  process->run(90s);
  if (by_order) {
    REQUIRE(process->metrics.last_state == PipelineState::stopped);
    world.database.orders = {false, false, true, world.database.orders.given + 1};
    process->run(20s);
  }
  const auto counts_on = [&] {
    send(world, "ads-eu", 1, "more");
    process->run(60s);
    CHECK(process->metrics.last_state == PipelineState::running);
    CHECK(world.database.gaps.size() == 1);
  };
  counts_on();
  process = std::make_unique<Process>(world, "s2");
  counts_on();
  world.cluster.create("ads-us", 1);
  send(world, "ads-us", 7, "again");
  counts_on();
  CHECK(world.count("more") == 3);
  CHECK(world.count("again") == 7);
  world.cluster.recreate("ads-us", 1);
  process->run(60s);
  CHECK((process->metrics.last_state == PipelineState::stopped) == by_order);
}

TEST_CASE("a topic that was called unknown, and was never away, is read on where it stood") {
  World world(pattern_spec("    on_data_loss: record_gap\n"));
  for (const char* topic : {"ads-eu", "ads-us"}) {
    world.cluster.create(topic, 1);
    send(world, topic, 10, topic);
  }
  Process process(world);
  process.run(10s);
  const auto kept = world.cluster.topics.at("ads-us");
  world.cluster.topics.erase("ads-us");
  process.run(60s);
  send(world, "ads-eu", 1, "meanwhile");
  process.run(60s);
  CHECK(world.database.gaps.size() == 1);
  world.cluster.topics["ads-us"] = kept;
  send(world, "ads-us", 5, "later");
  process.run(90s);
  CHECK(process.metrics.last_state == PipelineState::running);
  CHECK(world.count("ads-us") == 10);
  CHECK(world.count("later") == 5);
}

TEST_CASE("a topic that comes again with fewer partitions is counted") {
  World world(pattern_spec("    on_data_loss: record_gap\n"));
  world.cluster.create("ads-eu", 1);
  world.cluster.create("ads-us", 4);
  send(world, "ads-us", 10, "before");
  Process process(world);
  process.run(10s);
  world.cluster.topics.erase("ads-us");
  process.run(60s);
  send(world, "ads-eu", 1, "meanwhile");
  process.run(60s);
  world.cluster.create("ads-us", 2);
  send(world, "ads-us", 7, "again");
  process.run(90s);
  CHECK(process.metrics.last_state == PipelineState::running);
  CHECK(world.count("again") == 7);
}

TEST_CASE("a topic that is not listed any more is read on: it may be that we may not list it") {
  World world(pattern_spec());
  for (const char* topic : {"ads-eu", "ads-us"}) {
    world.cluster.create(topic, 1);
    send(world, topic, 10, topic);
  }
  auto process = std::make_unique<Process>(world);
  process->run(10s);
  world.cluster.hidden = {"ads-us"};
  if (GENERATE(true, false)) process = std::make_unique<Process>(world, "s2");
  send(world, "ads-us", 5, "ads-us");
  process->run(60s);
  CHECK(process->metrics.last_state == PipelineState::running);
  CHECK(world.count("ads-us") == 15);
}

TEST_CASE("a matched topic that is made anew is not taken for the old one") {
  const bool while_running = GENERATE(true, false);
  World world(pattern_spec());
  world.cluster.create("ads-eu", 1);
  send(world, "ads-eu", 10, "old");
  auto process = std::make_unique<Process>(world);
  process->run(10s);
  if (!while_running) process = std::make_unique<Process>(world, "s2");
  world.cluster.recreate("ads-eu", 1);
  send(world, "ads-eu", 50, "new");
  process->run(90s);
  CHECK(process->metrics.last_state == PipelineState::stopped);
  CHECK(failure_of(*process).find("(recreated)") != std::string::npos);
  CHECK(world.count("new") == 0);
}

TEST_CASE("records that retention took before a new topic was found are a loss that is named") {
  World world(pattern_spec());
  world.cluster.create("ads-eu", 1);
  Process process(world);
  process.run(10s);
  world.cluster.create("ads-us", 1);
  send(world, "ads-us", 10, "new");
  world.cluster.delete_before("ads-us", 0, 4);
  process.run(60s);
  CHECK(process.metrics.last_state == PipelineState::stopped);
  CHECK(failure_of(process).find("ads-us partition 0 [0, 4) (retention)") != std::string::npos);
}

TEST_CASE("two hundred topics are found at once, and two hundred more while the first are counted") {
  World world(pattern_spec());
  const auto make = [&world](const std::string& prefix) {
    for (int i = 0; i < 200; ++i) {
      const std::string topic = prefix + std::to_string(i);
      world.cluster.create(topic, 2);
      send(world, topic, 3, "a");
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
  send(world, "ads-eu", 10, "a");
  auto process = std::make_unique<Process>(world);
  process->run(10s);
  if (!while_running) process = std::make_unique<Process>(world, "s2");
  world.cluster.create("ads-wide", 5'000);
  send(world, "ads-eu", 1, "a");
  process->run(60s);
  CHECK(process->metrics.last_state == PipelineState::stopped);
  CHECK(failure_of(*process).find("2 topics with 5001 partitions match '^ads-.*'") != std::string::npos);
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
