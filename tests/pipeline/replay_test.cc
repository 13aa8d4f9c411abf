// An aggregation rebuilt beside the daemon, with the ordinary engine on a shadow.

#include "pipeline/replay.h"
#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

namespace {

// The exchange, between two databases in memory.
class FakeReplay final : public ReplayStore {
 public:
  FakeReplay(World& live, World& shadow) : live_(live), shadow_(shadow) {}

  Result<LiveStanding> look() override {
    LiveStanding standing;
    for (const auto& [where, checkpoint] : live_.database.checkpoints) {
      standing.checkpoints.push_back(checkpoint);
      standing.counts_since.push_back({where, checkpoint.topic_id, Offset(0), {}, {}});
    }
    for (const DeadLetter& letter : live_.database.dead_letters) {
      if (letter.aggregation.empty()) standing.rejected.insert({letter.where, letter.offset});
    }
    return standing;
  }
  Result<LiveStanding> hold() override {
    held = true;
    return look();
  }
  void let_go() override { held = false; }
  Result<std::int64_t> exchange() override {
    REQUIRE(held);
    held = false;
    for (const auto& [where, checkpoint] : live_.database.checkpoints) {
      CHECK(shadow_.database.checkpoints[where].next_offset == checkpoint.next_offset);
    }
    live_.database.tables = shadow_.database.tables;
    ++exchanges;
    return static_cast<std::int64_t>(live_.database.tables.at(0).size());
  }

  bool held = false;
  int exchanges = 0;

 private:
  World& live_;
  World& shadow_;
};

// The shadow's world: the same topics, a database of its own.
struct Rebuild {
  explicit Rebuild(World& live_world) : live(live_world), world(spec_of(live_world)), store(live, world) {
    world.lookups = live.lookups;
  }

  static Spec spec_of(const World& live) {
    Spec spec = live.spec;
    spec.pipelines[0] = shadow_of(live.spec.pipelines[0], "counts", std::nullopt);
    return spec;
  }

  // One round of the engine, as the command runs it; killed after so many steps.
  Result<void> count(const DrainLimits& limits, const RecordSet& rejected, int steps = 100'000) {
    world.cluster = live.cluster;
    PipelineOptions options;
    options.drain = true;
    options.drain_to = limits;
    options.rejected = rejected;
    Process process(world, "replay" + std::to_string(++rounds), options);
    world.database.lease = {};
    process.source.records_per_fetch = 7;
    for (int i = 0; i < steps && !process.pipeline.finished(); ++i) {
      process.round();
      world.clock.advance(50ms);
    }
    if (!process.pipeline.finished()) return Error(Reaction::retry, "killed", "killed");
    if (auto failure = process.pipeline.failure()) return *failure;
    return {};
  }

  Result<std::int64_t> run(const std::function<void()>& meanwhile = [] {}, int steps = 100'000) {
    return replay({store, live.clock,
                   [&](const DrainLimits& limits, const RecordSet& rejected) {
                     auto done = count(limits, rejected, steps);
                     // While the row is held the daemon's commits wait.
                     if (!store.held && rounds <= 3) meanwhile();
                     return done;
                   },
                   [](std::int64_t) {}});
  }

  World& live;
  World world;
  FakeReplay store;
  int rounds = 0;
};

void fill(World& world, int count) {
  for (int i = 0; i < count; ++i) {
    if (i % 9 == 4) {
      world.cluster.append("events", static_cast<std::size_t>(i % 3), "junk");
    } else {
      world.send(1, "k" + std::to_string(i % 5), static_cast<std::size_t>(i % 3));
    }
  }
}

}  // namespace

TEST_CASE("a spoilt table is what it was after a replay, and the daemon counts on in it") {
  World world;
  world.cluster.create("events", 3);
  fill(world, 100);
  Process process(world);
  process.run(20s);
  const FakeDatabase::Table right = world.database.tables[0];
  world.database.tables[0].clear();
  world.database.tables[0]["k0|"] = {77};
  Rebuild rebuild(world);
  const auto rows = rebuild.run();
  REQUIRE(rows.ok());
  CHECK(rows.value() == 5);
  CHECK(world.database.tables[0] == right);
  fill(world, 50);
  process.run(20s);
  CHECK(process.metrics.drops.empty());
  CHECK(world.total() == static_cast<std::int64_t>(150 - 11 - 6));
}

TEST_CASE("a replay follows a daemon that goes on, and ends where it stands") {
  World world;
  world.cluster.create("events", 3);
  fill(world, 100);
  Process process(world);
  process.run(20s);
  world.database.tables[0].clear();
  Rebuild rebuild(world);
  const auto rows = rebuild.run([&] {
    fill(world, 30);
    process.run(20s);
  });
  REQUIRE(rows.ok());
  // What was sent last is counted by the exchange, or by the daemon behind it.
  process.run(20s);
  const auto junk = static_cast<std::int64_t>(world.database.dead_letters.size());
  std::int64_t sent = 0;
  for (const auto& log : world.cluster.topics["events"].partitions) sent += log.end;
  CHECK(world.total() == sent - junk);
}

TEST_CASE("a replay that was killed goes on when it is run again") {
  World world;
  world.cluster.create("events", 3);
  fill(world, 200);
  Process process(world);
  process.run(20s);
  const FakeDatabase::Table right = world.database.tables[0];
  world.database.tables[0].clear();
  Rebuild rebuild(world);
  for (int steps = 1; steps < 60; steps += 7) {
    const auto killed = rebuild.run([] {}, steps);
    if (killed.ok()) break;
    CHECK_FALSE(rebuild.store.held);
  }
  REQUIRE(rebuild.run().ok());
  CHECK(world.database.tables[0] == right);
}

TEST_CASE("records whose dead letters wait stay rejected, whatever the lookups say now") {
  World world(counting_spec("    lookups:\n"
                            "      owners: {file: owners.csv, key: key, on_miss: dead_letter}\n"
                            "    derive:\n"
                            "      owner: lookup('owners', key).owner\n",
                            "[owner]"));
  world.lookups.texts["owners"] = "key,owner\na,one\n";
  world.cluster.create("events", 1);
  world.send(5, "a");
  world.send(3, "b");
  Process process(world);
  process.run(20s);
  world.lookups.texts["owners"] = "key,owner\na,uno\nb,two\n";
  Rebuild rebuild(world);
  REQUIRE(rebuild.run().ok());
  CHECK(world.count("uno") == 5);
  CHECK(world.count("two") == 0);
  CHECK(world.database.dead_letters.size() == 3);
}

TEST_CASE("a shadow is a pipeline of its own that no configuration can name") {
  World world;
  const PipelineSpec& live = world.spec.pipelines[0];
  const PipelineSpec shadow = shadow_of(live, "counts", std::nullopt);
  CHECK(shadow.name == "counts.replay.counts");
  CHECK(shadow.source.group_id != live.source.group_id);
  CHECK(shadow.aggregations.at(0).plan.table == "counts_replay");
  CHECK(shadow.fingerprint != live.fingerprint);
  CHECK(shadow_of(live, "counts", Timestamp(0)).fingerprint != shadow.fingerprint);
}

}  // namespace tallymill::testing
