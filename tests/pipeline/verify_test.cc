// Batches read again come to what they came to then, or the answer says why nobody can tell.

#include <random>

#include "decode/decoder.h"
#include "pipeline/verify.h"
#include "support/fake_ledger.h"
#include "support/passing_clock.h"
#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

namespace {

// Another process, without a daemon, that looks at what World holds.
struct Auditor {
  explicit Auditor(World& world, std::size_t workers = 1)
      : source(world.cluster),
        ledger(world.database),
        verifier({world.spec.pipelines[0], clock, source,
                  [&world] { return make_json_decoder(world.spec.pipelines[0].fields); },
                  [&world] { return make_evaluator(world.spec.pipelines[0]); }},
                 ledger, workers) {}

  Verdict verify(std::int64_t sequence) {
    const auto verdict = verifier.verify(sequence);
    INFO((verdict.ok() ? "" : verdict.error().message()));
    REQUIRE(verdict.ok());
    return verdict.value();
  }

  PassingClock clock;
  FakeSource source;
  FakeLedger ledger;
  Verifier verifier;
};

void check_all_equal(World& world, std::size_t workers = 1) {
  Auditor auditor(world, workers);
  REQUIRE_FALSE(world.database.batches.empty());
  for (const auto& [sequence, batch] : world.database.batches) {
    const Verdict verdict = auditor.verify(sequence);
    CAPTURE(sequence, verdict.why);
    CHECK(verdict.kind == Verdict::Kind::equal);
  }
}

// Says that batch `sequence` cannot be verified, and why.
void check_not_verifiable(World& world, std::int64_t sequence, const std::string& why) {
  const Verdict verdict = Auditor(world).verify(sequence);
  CAPTURE(verdict.why);
  CHECK(verdict.kind == Verdict::Kind::not_verifiable);
  CHECK(verdict.why.find(why) != std::string::npos);
}

void check_differs(World& world, std::int64_t sequence, const std::string& why) {
  const Verdict verdict = Auditor(world).verify(sequence);
  CAPTURE(verdict.why);
  CHECK(verdict.kind == Verdict::Kind::differs);
  CHECK(verdict.why.find(why) != std::string::npos);
}

// Ten records, then ten more, in a batch each.
void count_twice(World& world) {
  world.cluster.create("events", 2);
  Process process(world);
  for (int i = 0; i < 2; ++i) {
    world.send(6, "a", 0);
    world.send(3, "b", 1);
    world.cluster.append("events", 1, "junk");
    process.run(20s);
  }
  REQUIRE(world.database.batches.size() == 2);
}

}  // namespace

TEST_CASE("every batch of a life verifies, for any number of workers, then and now") {
  for (const std::size_t workers : {1U, 2U, 3U, 4U}) {
    CAPTURE(workers);
    World world;
    world.cluster.create("events", 5);
    std::mt19937_64 random(9);
    PipelineOptions options;
    options.workers = 1 + workers % 3;
    Process process(world, "s1", options);
    process.source.records_per_fetch = 13;
    for (int i = 0; i < 400; ++i) {
      const std::size_t partition = random() % 5;
      switch (random() % 12) {
        case 0: world.cluster.append("events", partition, "junk"); break;
        case 1: world.cluster.append("events", partition, std::nullopt); break;
        case 2: world.cluster.append_hole("events", partition); break;
        default: world.send(1, "k" + std::to_string(random() % 20), partition);
      }
      process.run(100ms);
    }
    process.run(20s);
    REQUIRE(world.database.batches.size() > 5);
    check_all_equal(world, workers);
  }
}

TEST_CASE("records that the database refused are rejected when they are read again, too") {
  World world;
  world.cluster.create("events", 2);
  world.send(20, "a", 0);
  world.send(20, "b", 1);
  Process process(world);
  process.store.poison = {{{"events", Partition(0)}, 7}, {{"events", Partition(1)}, 19}};
  process.run(60s);
  REQUIRE(world.database.dead_letters.size() == 2);
  // Whether they are still dead letters does not matter.
  world.database.dead_letters.clear();
  check_all_equal(world);
}

TEST_CASE("a batch is read again with the lookups of its time") {
  World world(counting_spec("    lookups:\n"
                            "      owners: {file: owners.csv, key: key, on_miss: dead_letter}\n"
                            "    derive:\n"
                            "      owner: lookup('owners', key).owner\n",
                            "[owner]"));
  world.lookups.texts["owners"] = "key,owner\na,\"one, with \"\"quotes\"\"\"\n";
  world.cluster.create("events", 1);
  Process process(world);
  world.send(10);
  process.run(20s);
  world.lookups.texts["owners"] = "key,owner\nb,two\n";
  process.run(20s);
  world.send(10);
  process.run(20s);
  REQUIRE(world.database.lookup_versions.size() == 2);
  check_all_equal(world);
  const Digest first = world.database.batches.begin()->second.lookups["owners"];
  for (const char* damaged : {"key,owner\na,other\n", "no table"}) {
    world.database.lookup_versions[first] = damaged;
    check_not_verifiable(world, 1, "the stored version of lookup owners is damaged");
  }
  world.database.lookup_versions.erase(first);
  check_not_verifiable(world, 1, "the version of lookup owners that it used is not kept any more");
}

TEST_CASE("a range that begins with a gap of known end is read from behind it") {
  World world(counting_spec("    on_data_loss: record_gap\n"));
  world.cluster.create("events", 1);
  world.send(10);
  { Process process(world); process.run(20s); }
  world.send(40, "b");
  world.cluster.delete_before("events", 0, 30);
  { Process process(world, "s2"); process.run(20s); }
  check_not_verifiable(world, 1, "retention took events partition 0 [0, 10)");
  CHECK(Auditor(world).verify(2).kind == Verdict::Kind::equal);
}

TEST_CASE("a topic that lost records makes a batch not verifiable, never different") {
  World world;
  count_twice(world);
  SECTION("retention took some") {
    world.cluster.delete_before("events", 0, 2);
    check_not_verifiable(world, 1, "retention took events partition 0 [0, 2)");
    CHECK(Auditor(world).verify(2).kind == Verdict::Kind::equal);
  }
  SECTION("compaction took one") {
    world.cluster.compact("events", 0, 3);
    check_not_verifiable(world, 1, "the topic holds 9 of the 10 records that were read");
  }
  SECTION("the log was cut") {
    world.cluster.truncate("events", 0, 8);
    check_not_verifiable(world, 2, "the log was cut: events/0 ends at 8");
  }
  SECTION("the log was cut and has grown since") {
    world.cluster.truncate("events", 0, 8);
    world.send(10, "other", 0);
    check_not_verifiable(world, 2, "the log was cut and written anew");
    CHECK(Auditor(world).verify(1).kind == Verdict::Kind::equal);
  }
  SECTION("the topic was made anew") {
    world.cluster.recreate("events", 2);
    world.send(20, "a", 0);
    check_not_verifiable(world, 1, "topic events was deleted and made anew since");
  }
  SECTION("the topic is gone") {
    world.cluster.topics.clear();
    check_not_verifiable(world, 1, "topic events is gone");
  }
}

TEST_CASE("a gap whose end nobody knows, and a cut that was accepted later, are said") {
  World world(counting_spec("    on_data_loss: record_gap\n"));
  world.cluster.create("events", 1);
  world.send(10);
  { Process process(world); process.run(20s); }
  world.cluster.truncate("events", 0, 5);
  world.send(10, "b");
  { Process process(world, "s2"); process.run(20s); }
  check_not_verifiable(world, 1, "the log was cut since: events/0 at ");
  check_not_verifiable(world, world.database.sequence, "went on behind a gap in events/0");
}

TEST_CASE("a batch of another configuration, or one that is gone, is not verifiable") {
  World world;
  count_twice(world);
  check_not_verifiable(world, 77, "not in the ledger any more");
  world.spec.pipelines[0].fingerprint = "another";
  check_not_verifiable(world, 1, "counted with another configuration");
}

TEST_CASE("what differs is named") {
  World world;
  count_twice(world);
  LedgerBatch& row = world.database.batches[1];
  SECTION("rows") {
    row.table_digests["counts"] = digest_of("other");
    check_differs(world, 1, "aggregation counts: other rows");
  }
  SECTION("rejects") {
    row.rejects_digest = digest_of("other");
    check_differs(world, 1, "other rejects");
  }
  SECTION("counts") {
    row.counts.used = 8;
    row.counts.skipped = 1;
    check_differs(world, 1, "used: 9, the ledger says 8; skipped: 0, the ledger says 1");
  }
  SECTION("a record that the batch left out") {
    row.counts.read = 9;
    check_differs(world, 1, "records read: 10, the ledger says 9");
  }
  SECTION("more records than the ranges can hold") {
    row.counts.read = 30;
    check_differs(world, 1, "records read: 10, the ledger says 30");
  }
  SECTION("nothing but the row's own digest") {
    row.digest = digest_of("other");
    check_differs(world, 1, "the ledger row itself was changed");
  }
  CHECK(Auditor(world).verify(2).kind == Verdict::Kind::equal);
}

TEST_CASE("a source that does not answer proves nothing") {
  World world;
  count_twice(world);
  Auditor auditor(world);
  world.cluster.down = true;
  const auto verdict = auditor.verifier.verify(1);
  REQUIRE_FALSE(verdict.ok());
  CHECK(verdict.error().reaction() == Reaction::retry);
}

TEST_CASE("verifying publishes nothing and moves no checkpoint") {
  World world;
  count_twice(world);
  const auto before = world.next_offset();
  Auditor auditor(world);
  auditor.verify(1);
  CHECK(auditor.source.published.empty());
  CHECK(world.next_offset() == before);
  CHECK(world.database.sequence == 2);
}

}  // namespace tallymill::testing
