// The topic changes under the reader: partitions, retention, truncation, a topic made anew.

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

TEST_CASE("a partition that appears is read from its first record, also under load") {
  World world;
  world.spec.pipelines[0].source.start.kind = StartAt::Kind::latest;
  world.cluster.create("events", 1);
  world.send(100, "old");
  Process process(world);
  process.run(2s);
  world.cluster.add_partition("events");
  world.send(10, "new", 1);
  for (int i = 0; i < 800; ++i) {
    world.send(1, "busy", 0);
    process.run(50ms);
  }
  process.run(20s);
  CHECK(world.count("old") == 0);
  CHECK(world.count("new") == 10);
  CHECK(world.count("busy") == 800);
}

TEST_CASE("records that arrive while the first start is resolved are not taken for a truncated log") {
  World world;
  world.spec.pipelines[0].source.start.kind = StartAt::Kind::latest;
  world.cluster.create("events", 1);
  world.send(10, "old");
  Process process(world);
  process.source.before_resolve = [&world] { world.send(5, "old"); };
  process.run(5s);
  CHECK(process.metrics.last_state == PipelineState::running);
  CHECK(world.next_offset() == 15);
  world.send(3, "new");
  process.run(20s);
  CHECK(world.total() == 3);
  CHECK(world.database.gaps.empty());
}

TEST_CASE("control records at the end of a partition move its checkpoint without a ledger row") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(20s);
  const auto rows = world.database.ledger.size();
  world.cluster.append_hole("events", 0);
  world.cluster.append_hole("events", 0);
  process.run(20s);
  CHECK(world.next_offset() == 12);
  CHECK(world.database.ledger.size() == rows);
}

TEST_CASE("records that retention took before they were counted stop the pipeline, with their range") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  { Process process(world); process.run(20s); }
  world.send(40, "b");
  world.cluster.delete_before("events", 0, 30);
  Process next(world, "s2");
  next.run(20s);
  CHECK(next.metrics.last_state == PipelineState::stopped);
  REQUIRE(next.pipeline.failure());
  CHECK(next.pipeline.failure()->message().find("events partition 0 [10, 30) (retention)") !=
        std::string::npos);
  CHECK(world.total() == 10);
}

TEST_CASE("where the configuration accepts a loss, it is a gap and counting goes on behind it") {
  World world(counting_spec("    on_data_loss: record_gap\n"));
  world.cluster.create("events", 1);
  world.send(10);
  { Process process(world); process.run(20s); }
  world.send(40, "b");
  world.cluster.delete_before("events", 0, 30);
  Process next(world, "s2");
  next.run(20s);
  CHECK(world.count("a") == 10);
  CHECK(world.count("b") == 20);
  REQUIRE(world.database.gaps.size() == 1);
  CHECK(world.database.gaps[0].from == Offset(10));
  CHECK(world.database.gaps[0].to == Offset(30));
  const auto sequence = world.database.sequence;
  next.run(20s);
  CHECK(world.database.sequence == sequence);  // Nothing is left to be said.
}

TEST_CASE("retention that overtakes a running reader is noticed") {
  World world(counting_spec("    on_data_loss: record_gap\n"));
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(20s);
  world.cluster.down = true;
  process.run(5s);
  world.send(40, "b");
  world.cluster.delete_before("events", 0, 30);
  world.cluster.down = false;
  process.run(30s);
  CHECK(world.count("b") == 20);
  CHECK(world.database.gaps.size() == 1);
}

TEST_CASE("a topic made anew is not taken for the old one, whether shorter or longer") {
  const int records = GENERATE(3, 50);
  const bool while_running = GENERATE(true, false);
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  auto process = std::make_unique<Process>(world);
  process->run(20s);
  if (!while_running) process = std::make_unique<Process>(world, "s2");
  world.cluster.recreate("events", 1);
  world.send(records, "new");
  process->run(90s);
  CHECK(process->metrics.last_state == PipelineState::stopped);
  CHECK(world.total() == 10);
}

TEST_CASE("a topic made anew that is accepted is counted from its start, once") {
  World world(counting_spec("    on_data_loss: record_gap\n    interval: 60s\n"));
  world.cluster.create("events", 2);
  world.send(10);
  Process process(world);
  process.run(120s);
  const std::size_t partitions = GENERATE(1U, 2U);
  world.cluster.recreate("events", partitions);
  world.send(4, "new");
  process.run(600s, 500ms);
  CHECK(world.count("a") == 10);
  CHECK(world.count("new") == 4);
  int drops = 0;
  for (const auto& [why, times] : process.metrics.drops) drops += times;
  CHECK(drops == 1);
}

TEST_CASE("a topic that goes while a batch is cut is noticed before the commit") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(2s);
  world.cluster.recreate("events", 1);
  world.clock.advance(5s);
  process.step();
  process.run_writer();
  process.step();
  CHECK(world.total() == 0);
  CHECK(process.metrics.drops["topic_changed"] == 1);
}

TEST_CASE("a log that was cut and grew again is a gap from the cut on, however often the start is repeated") {
  World world(counting_spec("    on_data_loss: record_gap\n"));
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(10s);
  REQUIRE(world.next_offset() == 10);
  world.cluster.truncate("events", 0, 5);
  world.send(10, "b");
  const TopicPartition where{"events", Partition(0)};
  process.source.report(SourceEvent::Kind::truncated, where, Offset(5));
  process.run(1s);  // The gap is open, not committed.
  REQUIRE(process.metrics.last_state == PipelineState::running);
  const bool repeated = GENERATE(true, false);
  if (repeated) process.source.report(SourceEvent::Kind::out_of_range, where);
  process.run(10s);
  CHECK(world.count("b") == 10);
  REQUIRE(world.database.gaps.size() == 1);
  CHECK(world.database.gaps[0].from == Offset(5));
  // Once it is committed it concerns nobody any more.
  process.source.report(SourceEvent::Kind::out_of_range, where);
  process.run(10s);
  world.send(1, "b");
  process.run(10s);
  CHECK(world.count("b") == 11);
  CHECK(world.database.gaps.size() == 1);
}

TEST_CASE("a log that was cut and grew again keeps to its gap when the commit's answer never came") {
  World world(counting_spec("    on_data_loss: record_gap\n"));
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(10s);
  world.cluster.truncate("events", 0, 5);
  world.send(10, "b");
  const TopicPartition where{"events", Partition(0)};
  process.source.report(SourceEvent::Kind::truncated, where, Offset(5));
  process.run(1s);
  process.store.next_fate = [&] {
    process.store.down = true;
    return Fate::lose_after;
  };
  process.run(8s);  // Committed, but nobody knows.
  REQUIRE(world.next_offset() == 15);
  process.source.report(SourceEvent::Kind::out_of_range, where);
  process.run(1s);
  process.store.next_fate = [] { return Fate::normal; };
  process.store.down = false;
  process.run(20s);
  CHECK(world.count("b") == 10);
  CHECK(world.database.gaps.size() == 1);
}

TEST_CASE("the end of a log below what was counted does not vouch for the record that was counted last") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  { Process process(world); process.run(10s); }
  world.database.lease = {};
  Process next(world, "s2");
  next.step();
  next.run_writer();
  next.step();
  REQUIRE(next.metrics.last_state == PipelineState::running);
  world.cluster.truncate("events", 0, 9);
  next.fold();  // Finds the end at 9.
  world.send(1, "b");
  next.run(10s);
  CHECK(next.metrics.last_state == PipelineState::stopped);
  REQUIRE(next.pipeline.failure());
  CHECK(next.pipeline.failure()->code() == "data_lost");
  // A stop names its way out.
  CHECK(next.pipeline.failure()->message().find("on_data_loss: record_gap") != std::string::npos);
}

TEST_CASE("a record that could not be read under a former assignment stops nothing") {
  World world;
  world.cluster.create("events", 1);
  Process process(world);
  process.run(2s);
  const TopicPartition where{"events", Partition(0)};
  process.source.report({SourceEvent::Kind::failed, AssignmentEpoch(0), where, std::nullopt,
                         Error(Reaction::stop, "INVALID_MSG", "a batch that cannot be read")});
  world.send(10);
  process.run(10s);
  CHECK(world.count() == 10);
  process.source.report(SourceEvent::Kind::failed, where);
  process.run(1s);
  CHECK(process.metrics.last_state == PipelineState::stopped);
}

TEST_CASE("a topic made anew that is as long as the old one, and quiet, is noticed") {
  World world;
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(20s);
  world.cluster.recreate("events", 1);
  world.send(10, "new");
  process.run(60s);
  CHECK(process.metrics.last_state == PipelineState::stopped);
  CHECK(world.total() == 10);
}

}  // namespace tallymill::testing
