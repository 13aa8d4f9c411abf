// What is committed depends on the records and the cuts alone.

#include <random>

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

namespace {

void fill(World& world) {
  world.cluster.create("events", 5);
  std::mt19937_64 random(4);
  for (int i = 0; i < 2000; ++i) {
    const std::size_t partition = random() % 5;
    if (random() % 20 == 0) {
      world.cluster.append("events", partition, "junk");
    } else {
      world.send(1, "k" + std::to_string(random() % 50), partition);
    }
  }
}

}  // namespace

TEST_CASE("a batch is the same for any number of workers and any interleaving") {
  World reference;
  fill(reference);
  { Process process(reference); process.run(20s); }
  REQUIRE(reference.database.digests.size() == 1);
  for (const std::size_t workers : {1U, 2U, 3U, 5U, 8U}) {
    for (const std::size_t fetch : {1U, 7U, 100U, 5000U}) {
      CAPTURE(workers, fetch);
      World world;
      fill(world);
      PipelineOptions options;
      options.workers = workers;
      Process process(world, "s1", options);
      process.source.records_per_fetch = fetch;
      process.run(500ms);
      for (int i = 0; i < 3000; ++i) process.fold();
      process.run(20s);
      CHECK(world.database.digests == reference.database.digests);
      CHECK(world.database.tables == reference.database.tables);
    }
  }
}

TEST_CASE("the books of every batch balance") {
  World world;
  fill(world);
  Process process(world);
  process.source.records_per_fetch = 37;
  process.run(60s);
  std::int64_t read = 0;
  for (const BatchCounts& counts : world.database.counts) {
    CHECK(counts.read == counts.used + counts.skipped + counts.rejected);
    CHECK(counts.aggregations.at(0).folded + counts.aggregations.at(0).filtered +
              counts.aggregations.at(0).late == counts.used);
    read += counts.read;
  }
  CHECK(read == 2000);
  CHECK(process.metrics.used == world.total());
}

TEST_CASE("random lives: kills, lost answers, rewinds, rivals and new partitions count each record once") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    const auto chance = [&random](unsigned percent) { return random() % 100 < percent; };
    World world;
    world.cluster.create("events", 1 + random() % 3);
    FakeDatabase backup;
    std::map<std::string, std::int64_t> sent;
    std::vector<std::unique_ptr<Process>> processes;
    int sessions = 0;
    const auto start = [&] {
      PipelineOptions options;
      options.workers = 1 + random() % 3;
      options.metadata_refresh = 5s;
      processes.push_back(std::make_unique<Process>(world, "s" + std::to_string(++sessions), options));
      processes.back()->source.records_per_fetch = 1 + random() % 20;
      processes.back()->store.next_fate = [&random] {
        const auto dice = random() % 20;
        return dice < 3 ? static_cast<Fate>(1 + dice) : Fate::normal;
      };
    };
    for (int i = 0; i < 150; ++i) {
      const std::size_t partitions = world.cluster.topics["events"].partitions.size();
      if (chance(60)) {
        const std::string key = "k" + std::to_string(random() % 3);
        const int count = 1 + static_cast<int>(random() % 9);
        world.send(count, key, random() % partitions);
        sent[key] += count;
      }
      if (chance(5)) world.cluster.append_hole("events", random() % partitions);
      if (chance(2)) world.cluster.add_partition("events");
      if (chance(4) && !processes.empty()) processes.erase(processes.begin());
      if (processes.empty() || (chance(3) && processes.size() < 3)) start();
      if (chance(4)) backup = world.database;
      // A standby that was promoted knows the lease as it was then.
      if (chance(2) && backup.sequence > 0) world.database = backup;
      for (auto& process : processes) {
        if (chance(70)) process->round();
      }
      world.clock.advance(std::chrono::milliseconds(random() % 2000));
    }
    processes.clear();
    Process last(world, "last");
    last.run(60s, 250ms);
    for (const auto& [key, count] : sent) CHECK(world.count(key) == count);
  }
}

}  // namespace tallymill::testing
