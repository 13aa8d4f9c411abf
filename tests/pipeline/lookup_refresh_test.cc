// A lookup from a table: read again time after time, and swapped in only where its contents changed.

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

namespace {

Spec looking_up(const std::string& more = "") {
  return counting_spec(
      more +
      "    lookups:\n"
      "      owners: {table: owners, key: key, refresh: 10s}\n"
      "      places: {file: places.csv, key: key}\n"
      "    derive:\n"
      "      owner: lookup(owners, key).owner\n"
      "      place: lookup(places, key).place\n",
      "[key, owner, place]");
}

// Started, and past its first batch.
struct Running {
  explicit Running(const std::string& more = "") : world(looking_up(more)) {
    world.lookups.texts["owners"] = "key,owner\na,one\n";
    world.lookups.texts["places"] = "key,place\na,here\n";
    world.cluster.create("events", 1);
    process = std::make_unique<Process>(world);
    process->run(100ms);
  }
  // Sends a record, has it committed, and returns what its batch names of the table.
  Digest commit(Duration wait = 6s) {
    world.send(1);
    process->run(wait);
    return world.database.lookups.at(0).content_hash;
  }

  World world;
  std::unique_ptr<Process> process;
};

}  // namespace

TEST_CASE("a table is read again when its time has come, and a batch that follows names the new contents") {
  Running running;
  const Digest before = running.commit();
  running.world.lookups.texts["owners"] = "key,owner\na,two\n";
  CHECK(running.commit(2s) == before);
  CHECK(running.world.lookups.loads["owners"] == 1);
  running.process->run(10s);
  CHECK(running.world.lookups.loads["owners"] == 2);
  CHECK(running.commit() != before);
  CHECK(running.world.lookups.loads["places"] == 1);  // Nobody touched the file.
}

TEST_CASE("contents that are the same are not swapped in: the batches go on with the very same table") {
  Running running;
  running.commit();
  const auto before = running.world.database.lookups.at(0).table;
  running.world.lookups.texts["owners"] = "key,owner\n\"a\",\"one\"\n";
  running.process->run(30s);
  CHECK(running.world.lookups.loads["owners"] >= 3);
  running.commit();
  CHECK(running.world.database.lookups.at(0).table == before);
}

TEST_CASE("a file that is written anew with the same rows is not swapped in, nor loaded time and again") {
  Running running;
  running.commit();
  const auto before = running.world.database.lookups.at(1).table;
  running.world.lookups.texts["places"] = "key,place\n\"a\",here\n";
  running.process->run(20s);
  CHECK(running.world.lookups.loads["places"] == 2);
  running.commit();
  CHECK(running.world.database.lookups.at(1).table == before);
}

TEST_CASE("new contents of a table are in force from a cut on, not within a batch") {
  Running running("    interval: 1h\n    max_events: 10\n");
  running.world.send(5);
  running.process->run(1s);
  running.world.lookups.texts["owners"] = "key,owner\na,two\n";
  running.process->run(25s);
  REQUIRE(running.world.lookups.loads["owners"] >= 2);
  running.world.send(5);
  running.process->run(1s);
  REQUIRE(running.world.total() == 10);
  const Digest first = running.world.database.lookups.at(0).content_hash;
  CHECK(running.world.database.tables[0].begin()->first.find("one") != std::string::npos);
  running.world.send(10);
  running.process->run(1s);
  REQUIRE(running.world.total() == 20);
  CHECK(running.world.database.lookups.at(0).content_hash != first);
}

TEST_CASE("while a table cannot be read, the contents in use stay, and it is tried again") {
  Running running;
  const Digest before = running.commit();
  running.world.lookups.failure = Error(Reaction::retry, "connection_lost", "away");
  running.world.lookups.texts["owners"] = "key,owner\na,two\n";
  running.process->run(45s);
  CHECK(running.world.lookups.loads["owners"] >= 4);
  CHECK(running.commit() == before);
  running.world.lookups.failure = Error(Reaction::stop, "lookup_table_missing", "renamed");
  running.process->run(30s);
  CHECK(running.commit() == before);
  CHECK(running.process->pipeline.status().state == PipelineState::running);
  running.world.lookups.failure.reset();
  running.process->run(12s);
  CHECK(running.commit() != before);
}

TEST_CASE("a lookup is as old as the last time that it was known to be what its file or table holds") {
  Running running;
  const auto age = [&](const char* name) { return running.process->metrics.lookup_ages.at(name); };
  running.process->run(9s);
  CHECK(age("owners") >= 8s);
  CHECK(age("places") <= 2s);
  running.process->run(4s);
  CHECK(age("owners") <= 4s);
  running.world.lookups.failure = Error(Reaction::stop, "lookup_table_missing", "renamed");
  running.world.lookups.texts["places"] = "";
  running.process->run(60s);
  CHECK(age("owners") >= 60s);
  CHECK(age("places") >= 55s);
  const auto told = running.process->pipeline.status().lookups;
  REQUIRE(told.size() == 2);
  CHECK(told[0].name == "owners");
  CHECK(told[0].age == age("owners"));
  CHECK(told[0].failure.find("renamed") != std::string::npos);
  running.world.lookups.failure.reset();
  running.world.lookups.texts["places"] = "key,place\na,there\n";
  running.process->run(12s);
  CHECK(age("owners") <= 12s);
  CHECK(age("places") <= 2s);
  CHECK(running.process->pipeline.status().lookups[0].failure.empty());
}

TEST_CASE("nobody tells the age of lookups that are not used") {
  Running running;
  running.process->run(5s);
  REQUIRE(running.process->metrics.lookup_ages.size() == 2);
  running.world.database.orders.paused = true;
  ++running.world.database.orders.given;
  running.process->run(15s);
  REQUIRE(running.process->pipeline.status().state == PipelineState::paused);
  CHECK(running.process->metrics.lookup_ages.empty());
  CHECK(running.process->pipeline.status().lookups.empty());
}

TEST_CASE("a start that cannot read a table waits for it, or stops and tries again") {
  World world(looking_up());
  world.lookups.texts["owners"] = "key,owner\na,one\n";
  world.lookups.texts["places"] = "key,place\na,here\n";
  world.cluster.create("events", 1);
  world.send(3);
  world.lookups.failure = Error(Reaction::retry, "connection_lost", "away");
  Process process(world);
  process.run(5s);
  CHECK(process.pipeline.status().state == PipelineState::starting);
  world.lookups.failure = Error(Reaction::stop, "lookup_empty", "there is no row");
  process.run(60s);
  CHECK(process.pipeline.status().state == PipelineState::stopped);
  world.lookups.failure.reset();
  process.run(60s);
  CHECK(process.pipeline.status().state == PipelineState::running);
  CHECK(world.total() == 3);
}

TEST_CASE("a standby does not read the tables that it does not use") {
  Running running;
  running.commit();
  Process second(running.world, "s2");
  for (int i = 0; i < 400; ++i) {
    running.process->run(50ms);
    second.round();
  }
  const int before = running.world.lookups.loads["owners"];
  running.process->run(20ms);
  second.run(0ms);
  CHECK(second.pipeline.status().state == PipelineState::standby);
  CHECK(running.world.lookups.loads["owners"] == before);
  CHECK(before <= 6);  // At two starts, and every 10 of 26 seconds by the one that counts.
}

TEST_CASE("a stop waits for no table that is being read, nor begins to read another") {
  Running running;
  running.commit();
  running.world.clock.advance(11s);
  running.process->step();  // The reading waits for its executor.
  REQUIRE(running.process->inquiries.waiting() > 0);
  running.process->pipeline.request_stop();
  CHECK(running.world.lookups.interrupts == 1);
  running.world.lookups.failure = Error(Reaction::retry, "interrupted", "given up");
  const int before = running.world.lookups.loads["owners"];
  running.process->run(2s);
  CHECK(running.process->pipeline.finished());
  CHECK(running.world.lookups.loads["owners"] <= before + 1);
  CHECK(running.world.database.lease.session.empty());
}

TEST_CASE("a start that waits for a table ends with a stop, and nothing is in trouble") {
  World world(looking_up());
  world.lookups.texts["owners"] = "key,owner\na,one\n";
  world.lookups.texts["places"] = "key,place\na,here\n";
  world.cluster.create("events", 1);
  Process process(world);
  process.step();  // The start waits for the writer.
  process.pipeline.request_stop();
  world.lookups.failure = Error(Reaction::retry, "interrupted", "given up");
  process.run(1s);
  CHECK(process.pipeline.finished());
  CHECK(process.pipeline.history().view(world.clock.steady_now()).troubles.empty());
}

TEST_CASE("what was being read when a start read it anew is forgotten") {
  Running running("    interval: 100ms\n");
  const Digest before = running.commit(1s);
  running.world.clock.advance(11s);
  running.process->step();  // The reading waits for its executor.
  REQUIRE(running.process->inquiries.waiting() > 0);
  running.process->source.report(SourceEvent::Kind::out_of_range, {"events", Partition(0)});
  running.world.lookups.texts["owners"] = "key,owner\na,newer\n";
  for (int i = 0; i < 20; ++i) {  // A start, which finds newer contents.
    running.process->step();
    running.process->run_writer();
    running.process->run_heart();
    running.world.clock.advance(50ms);
  }
  running.world.lookups.texts["owners"] = "key,owner\na,older\n";
  running.process->run_inquiries();
  const Digest after = running.commit(1s);
  CHECK(after != before);
  CHECK(running.commit(1s) == after);
}

}  // namespace tallymill::testing
