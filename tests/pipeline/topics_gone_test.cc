// Topics by pattern: those that go, or are made anew.

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

TEST_CASE("a topic that matched and is gone stops the pipeline and is named, running or not") {
  const bool while_running = GENERATE(true, false);
  World world(pattern_spec());
  for (const char* topic : {"ads-eu", "ads-us"}) {
    world.cluster.create(topic, 1);
    world.send_to(topic, 10, topic);
  }
  auto process = std::make_unique<Process>(world);
  process->run(10s);
  if (!while_running) process = std::make_unique<Process>(world, "s2");
  world.cluster.topics.erase("ads-us");
  process->run(90s);
  CHECK(process->metrics.last_state == PipelineState::stopped);
  CHECK(process->failure().find("ads-us partition 0 [10, unknown) (deleted)") != std::string::npos);
  CHECK(world.total() == 20);
}

TEST_CASE("a topic that is gone, and accepted as such, is a loss once, and counted anew if it comes again") {
  const bool by_order = GENERATE(true, false);
  World world(pattern_spec(by_order ? "" : "    on_data_loss: record_gap\n"));
  for (const char* topic : {"ads-eu", "ads-us"}) {
    world.cluster.create(topic, 1);
    world.send_to(topic, 10, topic);
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
    world.send_to("ads-eu", 1, "more");
    process->run(60s);
    CHECK(process->metrics.last_state == PipelineState::running);
    CHECK(world.database.gaps.size() == 1);
  };
  counts_on();
  CHECK(process->metrics.lags.contains({"ads-eu", Partition(0)}));
  CHECK_FALSE(process->metrics.lags.contains({"ads-us", Partition(0)}));
  process = std::make_unique<Process>(world, "s2");
  counts_on();
  world.cluster.create("ads-us", 1);
  world.send_to("ads-us", 7, "again");
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
    world.send_to(topic, 10, topic);
  }
  Process process(world);
  process.run(10s);
  const auto kept = world.cluster.topics.at("ads-us");
  world.cluster.topics.erase("ads-us");
  process.run(60s);
  world.send_to("ads-eu", 1, "meanwhile");
  process.run(60s);
  CHECK(world.database.gaps.size() == 1);
  world.cluster.topics["ads-us"] = kept;
  world.send_to("ads-us", 5, "later");
  process.run(90s);
  CHECK(process.metrics.last_state == PipelineState::running);
  CHECK(world.count("ads-us") == 10);
  CHECK(world.count("later") == 5);
  // A failover to before the first start leads back to where the topic was first read.
  world.database = FakeDatabase{};
  process.run(90s);
  CHECK(process.metrics.last_state == PipelineState::running);
  CHECK(world.count("ads-us") == 10);
  CHECK(world.count("later") == 5);
}

TEST_CASE("a topic that comes again with fewer partitions is counted") {
  World world(pattern_spec("    on_data_loss: record_gap\n"));
  world.cluster.create("ads-eu", 1);
  world.cluster.create("ads-us", 4);
  world.send_to("ads-us", 10, "before");
  Process process(world);
  process.run(10s);
  world.cluster.topics.erase("ads-us");
  process.run(60s);
  world.send_to("ads-eu", 1, "meanwhile");
  process.run(60s);
  world.cluster.create("ads-us", 2);
  world.send_to("ads-us", 7, "again");
  process.run(90s);
  CHECK(process.metrics.last_state == PipelineState::running);
  CHECK(world.count("again") == 7);
}

TEST_CASE("a matched topic that is made anew is not taken for the old one") {
  const bool while_running = GENERATE(true, false);
  World world(pattern_spec());
  world.cluster.create("ads-eu", 1);
  world.send_to("ads-eu", 10, "old");
  auto process = std::make_unique<Process>(world);
  process->run(10s);
  if (!while_running) process = std::make_unique<Process>(world, "s2");
  world.cluster.recreate("ads-eu", 1);
  world.send_to("ads-eu", 50, "new");
  process->run(90s);
  CHECK(process->metrics.last_state == PipelineState::stopped);
  CHECK(process->failure().find("(recreated)") != std::string::npos);
  CHECK(world.count("new") == 0);
}

TEST_CASE("records that retention took before a new topic was found are a loss that is named") {
  World world(pattern_spec());
  world.cluster.create("ads-eu", 1);
  Process process(world);
  process.run(10s);
  world.cluster.create("ads-us", 1);
  world.send_to("ads-us", 10, "new");
  world.cluster.delete_before("ads-us", 0, 4);
  process.run(60s);
  CHECK(process.metrics.last_state == PipelineState::stopped);
  CHECK(process.failure().find("ads-us partition 0 [0, 4) (retention)") != std::string::npos);
}

}  // namespace tallymill::testing
