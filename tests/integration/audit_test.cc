// The ledger as an auditor reads it: what batches wrote there comes back whole.

#include "integration/instance.h"
#include "sink/postgres/postgres_ledger.h"

#include "support/catch.h"

namespace tallymill::testing {
namespace {

std::unique_ptr<Ledger> ledger_of(const Instance& instance) {
  return make_postgres_ledger(instance.spec.postgres, instance.pipeline().name, plain_secrets());
}

LedgerBatch read(const Instance& instance, std::int64_t sequence) {
  const auto batch = ledger_of(instance)->read(sequence);
  INFO((batch.ok() ? "" : batch.error().message()));
  REQUIRE(batch.ok());
  REQUIRE(batch.value());
  return *batch.value();
}

}  // namespace

TEST_CASE("a batch comes back with its ranges, counts, digests, refused records and lookups") {
  Database database;
  Instance instance(database);
  instance.start(2);
  const auto table = LookupTable::build({"id", "name"}, "id", {{"1", "o\"n\ne"}, {"2", "two"}}).value();
  Batch batch = instance.batch_of_all({amount("a", 1), amount("b", 1)});
  batch.counts.read = 5;
  batch.counts.skipped = 1;
  batch.counts.rejected = 2;
  batch.counts.aggregations = {{1, 1, 0}};
  batch.ranges[0].leader_epoch = LeaderEpoch(7);
  batch.digest = digest_of("digest");
  batch.table_digests = {digest_of("rows")};
  batch.rejects_digest = digest_of("rejects");
  batch.refused = {{{"events", Partition(0)}, Offset(1)}};
  batch.lookups = {{"names", table->content_hash(), table}};
  instance.commit(batch);
  const LedgerBatch row = read(instance, 1);
  CHECK(row.fingerprint == instance.pipeline().fingerprint);
  REQUIRE(row.ranges.size() == 2);
  CHECK(row.ranges[0].where == TopicPartition{"events", Partition(0)});
  CHECK(row.ranges[0].topic_id == "id-1");
  CHECK(row.ranges[0].from == Offset(0));
  CHECK(row.ranges[0].to == Offset(2));
  CHECK(row.ranges[0].leader_epoch == LeaderEpoch(7));
  CHECK(row.ranges[1].leader_epoch == LeaderEpoch(-1));
  CHECK(row.counts.read == 5);
  CHECK(row.counts.used == 2);
  CHECK(row.counts.skipped == 1);
  CHECK(row.counts.rejected == 2);
  CHECK(row.aggregations.at("counts").filtered == 1);
  CHECK(row.digest == batch.digest);
  CHECK(row.table_digests.at("counts") == digest_of("rows"));
  CHECK(row.rejects_digest == digest_of("rejects"));
  CHECK(row.refused == batch.refused);
  CHECK(row.lookups.at("names") == table->content_hash());
  CHECK(row.gaps.empty());
  CHECK(row.cuts.empty());
  const auto contents = ledger_of(instance)->lookup_contents("names", table->content_hash());
  CHECK(contents.value() == table->canonical_text());
  CHECK_FALSE(ledger_of(instance)->lookup_contents("names", digest_of("other")).value());
}

TEST_CASE("a batch names its own gaps, and the cuts that later batches recorded within it") {
  Database database;
  Instance instance(database);
  instance.start();
  const TopicPartition where{"events", Partition(0)};
  Batch first = instance.batch({amount("a", 1)});
  first.ranges[0].to = Offset(40);
  first.gaps = {{where, "id-1", Offset(0), Offset(39), "retention"}};
  instance.commit(first);
  Batch second = instance.batch({amount("a", 1)});
  second.gaps = {{where, "id-1", Offset(30), std::nullopt, "truncated"},
                 {where, "id-0", Offset(20), std::nullopt, "truncated"},
                 {where, "id-1", Offset(40), std::nullopt, "truncated"}};
  instance.commit(second);
  const LedgerBatch row = read(instance, 1);
  REQUIRE(row.gaps.size() == 1);
  CHECK(row.gaps[0].to == Offset(39));
  REQUIRE(row.cuts.size() == 1);
  CHECK(row.cuts[0].from == Offset(30));
  CHECK(read(instance, 2).gaps.size() == 3);
  CHECK(read(instance, 2).cuts.empty());
}

TEST_CASE("batches are found by number, by count and by time") {
  Database database;
  Instance instance(database);
  instance.start();
  for (int i = 0; i < 5; ++i) instance.commit(instance.batch({amount("a", 1)}));
  database.query("UPDATE tallymill.batch SET committed_at = now() - (10 - sequence) * interval '1 hour'");
  const auto ledger = ledger_of(instance);
  using Numbers = std::vector<std::int64_t>;
  CHECK(ledger->find({}).value() == Numbers{1, 2, 3, 4, 5});
  CHECK(ledger->find({2, 4, {}, {}}).value() == Numbers{2, 3, 4});
  CHECK(ledger->find({4, {}, {}, {}}).value() == Numbers{4, 5});
  CHECK(ledger->find({{}, {}, {}, 2}).value() == Numbers{4, 5});
  const std::int64_t now = std::stoll(database.value("SELECT extract(epoch from now())::bigint"));
  const Timestamp since((now - 7 * 3600 - 1800) * 1'000'000);
  CHECK(ledger->find({{}, {}, since, {}}).value() == Numbers{3, 4, 5});
  CHECK_FALSE(ledger->read(9).value());
}

TEST_CASE("a schema of an older version is brought up to date, where that is allowed") {
  Database database;
  {
    Instance former(database);
    former.start();
    former.commit(former.batch({amount("a", 1)}));
  }
  database.query("DROP VIEW tallymill.status;"
                 "ALTER TABLE tallymill.batch DROP COLUMN digests, DROP COLUMN refused;"
                 "UPDATE tallymill.schema_version SET version = 1");
  Settings settings;
  settings.postgres = ", ddl: check";
  const auto refused = Instance(database, settings).store->open();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code() == "schema_version");
  CHECK(refused.error().message().find("tallymill migrate") != std::string::npos);
  Instance instance(database, {}, "s2");
  instance.start();
  instance.commit(instance.batch({amount("a", 1)}));
  CHECK_FALSE(read(instance, 1).rejects_digest);
  CHECK(read(instance, 2).rejects_digest);
}

}  // namespace tallymill::testing
