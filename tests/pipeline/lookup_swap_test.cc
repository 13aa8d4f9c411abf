// A lookup that changes while records flow.

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

namespace {

Spec looking_up(const std::string& more = "") {
  Spec spec = counting_spec(
      more +
      "    lookups:\n"
      "      owners: {file: owners.csv, key: key}\n"
      "    derive:\n"
      "      owner: lookup('owners', key).owner\n");
  return spec;
}

}  // namespace

TEST_CASE("a changed lookup is in force from a cut on, and each batch names its version") {
  World world(looking_up());
  world.lookups.texts["owners"] = "key,owner\na,one\n";
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(8s);
  REQUIRE(world.database.lookups.size() == 1);
  const Digest before = world.database.lookups[0].content_hash;
  world.lookups.texts["owners"] = "key,owner\na,two\n";
  world.send(10);
  process.run(20s);
  world.send(10);
  process.run(10s);
  CHECK(world.count() == 30);
  CHECK(world.database.lookups[0].content_hash != before);
}

TEST_CASE("a lookup that breaks leaves the old contents in force, over a restart of the pipeline, too") {
  World world(looking_up());
  world.lookups.texts["owners"] = "key,owner\na,one\n";
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(8s);
  const Digest before = world.database.lookups.at(0).content_hash;
  world.lookups.texts["owners"] = "key,owner\na,\"half";
  process.run(10s);
  world.cluster.add_partition("events");  // A reason to start again.
  process.run(60s);
  world.send(10, "a", 1);
  process.run(20s);
  CHECK(world.count() == 20);
  CHECK(world.database.lookups.at(0).content_hash == before);
}

TEST_CASE("contents that a start has loaded are not undone by older ones that waited for a cut") {
  World world(looking_up("    interval: 1h\n    max_events: 10\n"));
  world.lookups.texts["owners"] = "key,owner\na,one\n";
  world.cluster.create("events", 1);
  Process process(world);
  process.run(1s);
  world.lookups.texts["owners"] = "key,owner\na,two\n";
  process.run(3s);  // Loaded; it waits for the cut.
  world.lookups.texts["owners"] = "key,owner\na,three\n";
  process.source.report(SourceEvent::Kind::out_of_range, {"events", Partition(0)});
  process.run(300ms);  // Dropped, and started with the third.
  world.send(10);
  process.run(300ms);
  REQUIRE(world.count() == 10);
  const Digest third = world.database.lookups.at(0).content_hash;
  world.send(10);
  process.run(300ms);
  REQUIRE(world.count() == 20);
  CHECK(world.database.lookups.at(0).content_hash == third);
}

TEST_CASE("a batch names the contents that it was folded with, not those that follow") {
  World world(looking_up("    interval: 10s\n"));
  world.lookups.texts["owners"] = "key,owner\na,one\n";
  world.cluster.create("events", 1);
  world.send(10);
  Process process(world);
  process.run(11s);
  const Digest before = world.database.lookups.at(0).content_hash;
  world.send(10);
  process.run(1s);
  world.lookups.texts["owners"] = "key,owner\na,two\n";
  process.run(9s);
  REQUIRE(world.count() == 20);
  CHECK(world.database.lookups.at(0).content_hash == before);
  world.send(10);
  process.run(10s);
  REQUIRE(world.count() == 30);
  CHECK(world.database.lookups.at(0).content_hash != before);
}

TEST_CASE("a file that is still being copied is not taken") {
  World world(looking_up());
  world.lookups.texts["owners"] = "key,owner\na,one\n";
  world.cluster.create("events", 1);
  Process process(world);
  process.run(8s);
  world.send(10);
  process.run(8s);
  const Digest before = world.database.lookups.at(0).content_hash;
  std::string text = "key,owner\n";
  for (int i = 0; i < 10; ++i) {
    text += "b" + std::to_string(i) + ",x\n";
    world.lookups.texts["owners"] = text;
    world.send(1);
    process.run(900ms);
  }
  CHECK(world.database.lookups.at(0).content_hash == before);
  CHECK(world.database.dead_letters.empty());
}

}  // namespace tallymill::testing
