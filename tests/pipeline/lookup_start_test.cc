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

}  // namespace tallymill::testing
