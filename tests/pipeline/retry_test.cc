// Dead letters offered again, beside a daemon that goes on.

#include "decode/decoder.h"
#include "pipeline/retry.h"
#include "support/fake_letters.h"
#include "support/passing_clock.h"
#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

namespace {

Spec with_owners(const std::string& more = "") {
  return counting_spec("    lookups:\n"
                       "      owners: {file: owners.csv, key: key, on_miss: dead_letter}\n"
                       "    derive:\n"
                       "      owner: lookup('owners', key).owner\n" + more,
                       "[owner]");
}

// Three records of owner one, then two of a key that the lookup did not know.
struct LetterWorld : World {
  explicit LetterWorld(const std::string& more = "") : World(with_owners(more)) {
    lookups.texts["owners"] = "key,owner\na,one\n";
    cluster.create("events", 1);
    send(3, "a");
    send(2, "b");
  }
  void know_b() { lookups.texts["owners"] = "key,owner\na,one\nb,two\n"; }
};

struct Operator {
  explicit Operator(World& world_of_all)
      : world(world_of_all),
        source(world.cluster),
        letters(world.database, spec()),
        retrier({spec(), clock, source, [this] { return make_json_decoder(spec().fields); },
                 [this] { return make_evaluator(spec()); }},
                letters, Lookups(spec(), world.lookups).load(SteadyTime()).value().tables) {}

  [[nodiscard]] const PipelineSpec& spec() const { return world.spec.pipelines[0]; }

  RetryOutcome retry(const StoredLetter& letter) {
    const auto outcome = retrier.retry(letter);
    INFO((outcome.ok() ? "" : outcome.error().message()));
    REQUIRE(outcome.ok());
    return outcome.value();
  }
  // The first letter there is.
  RetryOutcome retry() {
    const auto all = letters.find({}, nullptr, 1).value();
    REQUIRE_FALSE(all.empty());
    return retry(all.front());
  }

  World& world;
  PassingClock clock;
  FakeSource source;
  FakeLetters letters;
  Retrier retrier;
};

using Kind = RetryOutcome::Kind;

}  // namespace

TEST_CASE("a record that can be counted now is, once, and its letter is gone") {
  LetterWorld world;
  Process process(world);
  process.run(20s);
  REQUIRE(world.database.dead_letters.size() == 2);
  world.know_b();
  Operator person(world);
  const StoredLetter first = person.letters.find({}, nullptr, 1).value().front();
  CHECK(person.retry(first).kind == Kind::counted);
  CHECK(person.letters.last->counts.used == 1);
  CHECK(person.letters.last->retries == "");
  CHECK(person.letters.last->lookups.size() == 1);
  CHECK(world.count("two") == 1);
  CHECK(person.retry(first).kind == Kind::gone);
  CHECK(person.retry().kind == Kind::counted);
  CHECK(world.count("two") == 2);
  CHECK(world.database.dead_letters.empty());
  CHECK(world.next_offset() == 5);
}

TEST_CASE("a record that still cannot be counted stays, with the reason of now") {
  LetterWorld world;
  Process process(world);
  process.run(20s);
  Operator person(world);
  const RetryOutcome outcome = person.retry();
  CHECK(outcome.kind == Kind::still_rejected);
  CHECK(outcome.why.find("lookup_miss") != std::string::npos);
  CHECK(world.database.dead_letters.size() == 2);
  CHECK(world.database.retried.empty());
}

TEST_CASE("what Postgres refuses stays a letter") {
  LetterWorld world;
  Process process(world);
  process.run(20s);
  world.know_b();
  Operator person(world);
  person.letters.refuse = true;
  CHECK(person.retry().kind == Kind::refused);
  CHECK(world.database.dead_letters.size() == 2);
}

TEST_CASE("another configuration than the pipeline's counts nothing") {
  LetterWorld world;
  Process process(world);
  process.run(20s);
  world.know_b();
  Operator person(world);
  world.database.fingerprint = "another";
  const auto all = person.letters.find({}, nullptr, 1).value();
  const auto outcome = person.retrier.retry(all.front());
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.error().reaction() == Reaction::stop);
}

TEST_CASE("bytes that were not kept whole are read from the topic again, or said to be gone") {
  const std::string limits = GENERATE("    dead_letters: {max_bytes: 4B}\n",
                                      "    dead_letters: {payload: none}\n");
  CAPTURE(limits);
  LetterWorld world(limits);
  Process process(world);
  process.run(20s);
  world.know_b();
  Operator person(world);
  SECTION("the topic holds it") {
    CHECK(person.retry().kind == Kind::counted);
    CHECK(world.count("two") == 1);
    return;
  }
  std::string why;
  SECTION("retention took it") {
    world.cluster.delete_before("events", 0, 4);
    why = "the topic no longer holds it";
  }
  SECTION("compaction took it") {
    world.cluster.compact("events", 0, 3);
    why = "the topic no longer holds the record";
  }
  SECTION("the topic was made anew") {
    world.cluster.recreate("events", 1);
    world.send(10, "b");
    why = "its topic is gone or was made anew";
  }
  const RetryOutcome outcome = person.retry();
  CHECK(outcome.kind == Kind::gone);
  CHECK(outcome.why.find(why) != std::string::npos);
  CHECK(world.database.dead_letters.size() == 2);
}

TEST_CASE("a daemon meets the numbers that retries took, renumbers its batch and goes on") {
  LetterWorld world;
  Process process(world);
  process.run(20s);
  world.know_b();
  Operator person(world);
  const auto fate = GENERATE(Fate::normal, Fate::fail_before, Fate::lose_before, Fate::lose_after);
  CAPTURE(static_cast<int>(fate));
  // The next commit meets that fate, and before anybody finds out, a person counts two letters.
  bool met = false;
  process.store.next_fate = [&] { return std::exchange(met, true) ? Fate::normal : fate; };
  world.send(4, "a");
  SECTION("before the batch is sent") {
    person.retry();
    person.retry();
  }
  SECTION("while its fate is not known") {
    for (int i = 0; i < 200 && !met; ++i) {
      process.round();
      world.clock.advance(50ms);
    }
    REQUIRE(met);
    person.retry();
    person.retry();
  }
  process.run(20s);
  CHECK(world.count("one") == 7);
  CHECK(world.count("two") == 2);
  CHECK(process.metrics.drops.empty());
  world.send(4, "a");
  process.run(20s);
  CHECK(world.count("one") == 11);
  CHECK(process.metrics.drops.empty());
  CHECK(world.database.sequence >= 5);
}

TEST_CASE("numbers that nothing tells of are another instance's batches: the own one is dropped") {
  LetterWorld world;
  Process process(world);
  process.run(20s);
  ++world.database.sequence;
  world.send(4, "a");
  process.run(20s);
  CHECK(process.metrics.drops["superseded"] == 1);
  CHECK(world.count("one") == 7);
}

TEST_CASE("a late record is offered to the aggregation that it missed, and to no other") {
  Spec spec = counting_spec("");
  const PipelineSpec& pipeline = spec.pipelines[0];
  Batch batch;
  batch.counts.read = 1;
  batch.counts.used = 1;
  batch.counts.aggregations = {{0, 0, 1}};
  GroupTable table(pipeline.aggregations[0]);
  batch.rows = {GroupTable::into_rows(std::move(table))};
  batch.table_digests = {digest_of("x")};
  DeadLetter late;
  late.aggregation = "counts";
  DeadLetter other;
  other.aggregation = "other";
  batch.dead_letters = {late, other};
  const Batch own = restrict_to(pipeline, batch, "counts");
  CHECK(own.counts.aggregations[0].late == 1);
  CHECK(own.dead_letters.size() == 1);
  const Batch none = restrict_to(pipeline, batch, "other");
  CHECK(none.counts.aggregations[0].filtered == 1);
  CHECK_FALSE(none.counts.imbalance());
  CHECK(none.rows[0]->size() == 0);
}

}  // namespace tallymill::testing
