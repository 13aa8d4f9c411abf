// What starts and tries read of lookups, and what they keep of what was read before.

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

namespace {

constexpr const char* one_table =
    "    lookups:\n"
    "      owners: {table: owners, key: key, refresh: 1m}\n"
    "      places: {file: places.csv, key: key}\n"
    "    derive:\n"
    "      owner: lookup(owners, key).owner\n"
    "      place: lookup(places, key).place\n";

// One record is there to be counted.
struct Ready {
  explicit Ready(const std::string& more = "") : world(counting_spec(more + one_table, "[key, owner, place]")) {
    world.lookups.texts = {{"owners", "key,owner\na,one\n"}, {"places", "key,place\na,here\n"}};
    world.cluster.create("events", 1);
    world.send(1);
  }
  [[nodiscard]] bool counts_with(const std::string& text) const {
    for (const auto& [key, parts] : world.database.tables.at(0)) {
      if (key.find(text) != std::string::npos) return true;
    }
    return false;
  }
  int& loads(const char* name) { return world.lookups.loads[name]; }

  World world;
};

const Error away(Reaction::retry, "connection_lost", "away");

}  // namespace

TEST_CASE("a start that comes to nothing does not read a table again that it read less than a refresh ago") {
  Ready ready;
  Process process(ready.world);
  process.store.down = true;
  process.run(50s);
  REQUIRE(process.pipeline.status().state == PipelineState::starting);
  CHECK(ready.loads("owners") == 1);
  CHECK(ready.loads("places") == 1);
  ready.world.lookups.texts = {{"owners", "key,owner\na,two\n"}, {"places", "key,place\na,there\n"}};
  process.run(15s);
  CHECK(ready.loads("owners") == 2);
  CHECK(ready.loads("places") == 2);
  process.store.down = false;
  process.run(12s);
  CHECK(ready.loads("owners") == 2);
  CHECK(ready.counts_with("two"));
  CHECK(ready.counts_with("there"));
}

TEST_CASE("a table that was read is kept while another lookup cannot be loaded") {
  Ready ready;
  ready.world.lookups.failures.emplace("places", away);
  Process process(ready.world);
  process.run(30s);
  REQUIRE(process.pipeline.status().state == PipelineState::starting);
  CHECK(ready.loads("owners") == 1);
  CHECK(ready.loads("places") > 4);
  ready.world.lookups.failures.clear();
  process.run(12s);
  CHECK(ready.world.total() == 1);
  CHECK(ready.loads("owners") == 1);
}

TEST_CASE("a pipeline that follows its checkpoint reads no table that is new enough") {
  Ready ready;
  Process process(ready.world);
  process.run(6s);
  process.source.report(SourceEvent::Kind::out_of_range, {"events", Partition(0)});
  process.run(10s);
  REQUIRE(process.pipeline.status().state == PipelineState::running);
  CHECK(ready.loads("owners") == 1);
  // Its time comes when it would have come.
  process.run(40s);
  CHECK(ready.loads("owners") == 1);
  process.run(8s);
  CHECK(ready.loads("owners") == 2);
}

TEST_CASE("a start that has to do with what was read before tries again soon, and then more seldom") {
  Ready ready;
  Process process(ready.world);
  process.run(55s);
  ready.world.lookups.failures.emplace("owners", away);
  ready.world.clock.advance(10s);  // It is due, but a start comes first.
  process.source.report(SourceEvent::Kind::out_of_range, {"events", Partition(0)});
  process.run(2s);
  REQUIRE(process.pipeline.status().state == PipelineState::running);
  const int before = ready.loads("owners");
  process.run(10s);
  CHECK(ready.loads("owners") >= before + 2);
  process.run(100s);
  CHECK(ready.loads("owners") <= before + 12);
  CHECK(process.pipeline.status().lookups.at(0).failure.find("away") != std::string::npos);
  ready.world.lookups.failures.clear();
  ready.world.lookups.texts["owners"] = "key,owner\na,two\n";
  process.run(31s);
  ready.world.send(1);
  process.run(6s);
  CHECK(ready.counts_with("two"));
}

TEST_CASE("a table is not read while what was read of it waits for its batch to end, and both are counted") {
  Ready ready("    interval: 1h\n    max_events: 10\n");
  Process process(ready.world);
  process.run(3s);
  const std::size_t one = process.metrics.memory_of["lookups"];
  ready.world.lookups.texts["owners"] = "key,owner\na,two\n";
  process.run(61s);
  REQUIRE(ready.loads("owners") == 2);
  CHECK(process.metrics.memory_of["lookups"] > one);
  process.run(120s);
  CHECK(ready.loads("owners") == 2);
  ready.world.send(9);
  process.run(3s);
  REQUIRE(ready.world.total() == 10);
  CHECK(ready.loads("owners") == 3);
  CHECK(process.metrics.memory_of["lookups"] == one);
}

}  // namespace tallymill::testing
