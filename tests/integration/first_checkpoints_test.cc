// Where a pipeline begins is written once, by who has seen how it stands (rule R5).

#include "integration/instance.h"
#include "sink/postgres/orders.h"
#include "sink/postgres/reset.h"

#include "support/catch.h"

namespace tallymill::testing {

TEST_CASE("first checkpoints are not written by who looked before the pipeline changed hands or was given a command") {
  Database database;
  Instance zombie(database, {}, "s1");
  zombie.progress = zombie.store->open().value();
  const std::vector<Checkpoint> latest = {{{"events", Partition(1)}, "id-1", Offset(50), {}, {}}};
  const auto refused = [&] {
    const auto written = zombie.store->insert_checkpoints(latest, zombie.progress);
    return !written.ok() && written.error().reaction() == Reaction::retry &&
           written.error().code() == "started_meanwhile" &&
           database.value("SELECT count(*) FROM tallymill.checkpoint WHERE partition = 1") == "0";
  };
  SECTION("another instance started it, and holds it") {
    Instance(database, {}, "s2").start();
    CHECK(refused());
  }
  SECTION("another instance started it, found nothing, and left") {
    Instance other(database, {}, "s2");
    REQUIRE(other.store->insert_checkpoints({}, zombie.progress).ok());
    CHECK(refused());
  }
  SECTION("another instance holds it") {
    zombie.start();
    Instance other(database, {}, "s2");
    REQUIRE(other.store->take_lease(zombie.progress.lease).value());
    CHECK(refused());
  }
  SECTION("it was reset") {
    zombie.start();
    REQUIRE(postgres::reset_pipeline(zombie.spec.postgres, zombie.pipeline(), {}, postgres::Truncate::yes,
                                     postgres::Rehearsal::no, plain_secrets())
                .ok());
    CHECK(refused());
  }
  zombie.follow();
  CHECK(zombie.store->insert_checkpoints(latest, zombie.progress).ok());
}

TEST_CASE("first checkpoints that are there already are kept and read back") {
  Database database;
  Instance first(database, {}, "s1");
  first.start();
  first.commit(first.batch({amount("a", 1)}));
  const auto read = first.store->insert_checkpoints(
      {{{"events", Partition(0)}, "id-1", Offset(100), LeaderEpoch(3), std::nullopt},
       {{"events", Partition(1)}, "id-1", Offset(50), LeaderEpoch(3),
        Anchor{Offset(49), Timestamp(1'700'000'000'123'456), 0xfedcba9876543210U}}},
      first.progress);
  REQUIRE(read.ok());
  const Progress& progress = read.value();
  REQUIRE(progress.checkpoints.size() == 2);
  CHECK(progress.checkpoints[0].next_offset == Offset(1));
  CHECK(progress.checkpoints[1].next_offset == Offset(50));
  CHECK(progress.checkpoints[1].leader_epoch == LeaderEpoch(3));
  REQUIRE(progress.checkpoints[1].anchor);
  CHECK(progress.checkpoints[1].anchor->timestamp == Timestamp(1'700'000'000'123'456));
  CHECK(progress.checkpoints[1].anchor->hash == 0xfedcba9876543210U);
  CHECK(progress.known_partitions == 2);
  CHECK(database.value("SELECT counts_since::text FROM tallymill.aggregation") ==
        R"([{"topic": "events", "offset": 0, "topic_id": "id-1", "partition": 0}, )"
        R"({"topic": "events", "offset": 50, "topic_id": "id-1", "partition": 1}])");
}

}  // namespace tallymill::testing
