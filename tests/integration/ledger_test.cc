// What a batch leaves beside its tables: its ledger row, dead letters, gaps, versions of lookups.

#include "integration/instance.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::string_literals;

namespace {

DeadLetter letter(std::int64_t offset, std::string aggregation = "") {
  DeadLetter one;
  one.where = {"events", Partition(0)};
  one.topic_id = "id-1";
  one.offset = Offset(offset);
  one.timestamp = Timestamp(1'767'225'600'123'456);
  one.aggregation = std::move(aggregation);
  one.reason = "bad_json";
  one.message = "at byte 3";
  one.key = "k\0\xff"s;
  one.value = "{\"a\":"s;
  return one;
}

}  // namespace

TEST_CASE("a batch's ledger row holds its ranges, counts, digest and times") {
  Database database;
  Instance instance(database);
  instance.start(2);
  Batch batch = instance.batch_of_all({amount("a", 1), amount("b", 1)});
  batch.counts.read = 5;
  batch.counts.skipped = 1;
  batch.counts.rejected = 2;
  batch.counts.aggregations = {{1, 1, 0}};
  batch.min_event_time = Timestamp(1'767'225'600'000'000);
  batch.max_event_time = Timestamp(1'767'225'600'500'000);
  batch.max_record_time = Timestamp(1'767'225'601'000'001);
  batch.digest = digest_of("digest");
  batch.timings = {std::chrono::milliseconds(1500), std::chrono::microseconds(2500)};
  instance.commit(batch);
  CHECK(database.query("SELECT sequence, id, fingerprint, instance, records_read, records_used, "
                       "records_skipped, records_rejected, rows_written, encode(digest, 'hex'), "
                       "min_event_time, max_event_time, min_record_time, max_record_time, lookups, "
                       "fold_ms, wait_ms FROM tallymill.batch") ==
        Cells{{"1", batch.id, instance.pipeline().fingerprint, "host-s1", "5", "2", "1", "2", "2",
               to_hex(batch.digest), "2026-01-01 00:00:00+00", "2026-01-01 00:00:00.5+00", "NULL",
               "2026-01-01 00:00:01.000001+00", "[]", "1500", "2.5"}});
  CHECK(database.value("SELECT ranges::text FROM tallymill.batch") ==
        R"([{"to": 2, "from": 0, "topic": "events", "topic_id": "id-1", "partition": 0, "leader_epoch": -1}, )"
        R"({"to": 0, "from": 0, "topic": "events", "topic_id": "id-1", "partition": 1, "leader_epoch": -1}])");
  CHECK(database.value("SELECT aggregations::text FROM tallymill.batch") ==
        R"({"counts": {"late": 0, "rows": 2, "folded": 1, "filtered": 1}})");
}

TEST_CASE("a batch that did nothing but move a checkpoint has no ledger row") {
  Database database;
  Instance instance(database);
  instance.start();
  Batch batch = instance.batch({});
  batch.ranges[0].to = Offset(1);
  instance.commit(batch);
  CHECK(instance.progress.sequence == 1);
  CHECK(database.value("SELECT count(*) FROM tallymill.batch") == "0");
}

TEST_CASE("an anchor comes back as it was stored") {
  Database database;
  Instance instance(database);
  instance.start();
  Batch batch = instance.batch({amount("a", 1)});
  batch.ranges[0].leader_epoch = LeaderEpoch(7);
  batch.ranges[0].anchor = Anchor{Offset(0), Timestamp(-1), 0xffffffffffffffffU};
  instance.commit(batch);
  CHECK(instance.progress.checkpoints[0].leader_epoch == LeaderEpoch(7));
  CHECK(instance.progress.checkpoints[0].anchor == batch.ranges[0].anchor);
}

TEST_CASE("a dead letter holds the record's bytes, whatever they are") {
  Database database;
  Instance instance(database);
  instance.start();
  Batch batch = instance.batch({});
  batch.counts.read = 3;
  batch.counts.rejected = 3;
  batch.dead_letters = {letter(0), letter(1, "counts"), letter(2)};
  batch.dead_letters[1].key = std::nullopt;
  batch.dead_letters[1].value = std::nullopt;
  batch.dead_letters[1].truncated = true;
  batch.dead_letters[2].headers = {{"trace", "1"}, {"none", std::nullopt}, {"\xff", "\0"s}};
  batch.dead_letters[2].message = "bytes \xff that are no text";
  batch.ranges[0].to = Offset(3);
  instance.commit(batch);
  CHECK(database.query("SELECT pipeline, topic_id, topic, partition, \"offset\", aggregation, reason, "
                       "record_time, encode(key, 'hex'), encode(value, 'escape'), truncated, "
                       "batch_sequence FROM tallymill.dead_letter WHERE \"offset\" < 2 ORDER BY 5") ==
        Cells{{"counts", "id-1", "events", "0", "0", "", "bad_json", "2026-01-01 00:00:00.123456+00",
               "6b00ff", "{\"a\":", "f", "1"},
              {"counts", "id-1", "events", "0", "1", "counts", "bad_json",
               "2026-01-01 00:00:00.123456+00", "NULL", "NULL", "t", "1"}});
  CHECK(database.query("SELECT headers->0->>'value', headers->1->>'value', headers->2->>'name_hex', "
                       "headers->2->>'value_hex', message FROM tallymill.dead_letter WHERE \"offset\" "
                       "= 2") ==
        Cells{{"1", "NULL", "ff", "00", "627974657320ff207468617420617265206e6f2074657874"}});
}

TEST_CASE("a record that is rejected again, after an accepted truncation, replaces its dead letter") {
  Database database;
  Instance instance(database);
  instance.start();
  for (const char* reason : {"bad_json", "wrong_type"}) {
    Batch batch = instance.batch({});
    batch.counts.read = 1;
    batch.counts.rejected = 1;
    batch.dead_letters = {letter(5)};
    batch.dead_letters[0].reason = reason;
    instance.commit(batch);
  }
  CHECK(database.query("SELECT reason, batch_sequence FROM tallymill.dead_letter") ==
        Cells{{"wrong_type", "2"}});
}

TEST_CASE("more dead letters than one statement takes are all there") {
  Database database;
  Instance instance(database);
  instance.start();
  Batch batch = instance.batch({});
  for (std::int64_t i = 0; i < 12'001; ++i) {
    batch.dead_letters.push_back(letter(i));
    if (i % 1000 == 0) batch.dead_letters.back().value = std::string(900'000, 'x');
  }
  batch.counts.read = 12'001;
  batch.counts.rejected = 12'001;
  batch.ranges[0].to = Offset(12'001);
  instance.commit(batch);
  CHECK(database.query("SELECT count(*), sum(length(value)) FROM tallymill.dead_letter") ==
        Cells{{"12001", "11759940"}});
}

TEST_CASE("a gap is written with its batch, whether or not its end is known") {
  Database database;
  Instance instance(database);
  instance.start();
  Batch batch = instance.batch({});
  const TopicPartition where{"events", Partition(0)};
  batch.gaps = {{where, "id-1", Offset(0), Offset(40), "retention"},
                {where, "id-1", Offset(40), std::nullopt, "recreated"}};
  batch.ranges[0].to = Offset(40);
  instance.commit(batch);
  CHECK(database.query("SELECT topic, partition, topic_id, from_offset, to_offset, cause, "
                       "batch_sequence FROM tallymill.gap ORDER BY from_offset") ==
        Cells{{"events", "0", "id-1", "0", "40", "retention", "1"},
              {"events", "0", "id-1", "40", "NULL", "recreated", "1"}});
  CHECK(database.value("SELECT gaps FROM tallymill.status") == "2");
}

TEST_CASE("a lookup's contents are stored once, compressed, for the ledger rows that name them") {
  Database database;
  Instance instance(database);
  instance.start();
  const auto table = LookupTable::build({"id", "name"}, "id", {{"1", "one"}, {"2", "two"}}).value();
  for (int i = 0; i < 2; ++i) {
    Batch batch = instance.batch({amount("a", 1)});
    batch.lookups = {{"names", table->content_hash(), table}};
    instance.commit(batch);
  }
  CHECK(database.query("SELECT lookup, content_hash, get_byte(contents, 0) FROM "
                       "tallymill.lookup_version") ==
        Cells{{"names", to_hex(table->content_hash()), "40"}});  // The first byte of zstd's magic.
  CHECK(database.value("SELECT count(*) FROM tallymill.batch WHERE lookups->0->>'content_hash' = (SELECT "
                       "content_hash FROM tallymill.lookup_version)") == "2");
}

TEST_CASE("a refused batch leaves no ledger row, dead letter or gap") {
  Database database;
  Instance instance(database);
  instance.start();
  database.query("ALTER TABLE counts ADD CHECK (n < 1)");
  Batch batch = instance.batch({amount("a", 1)});
  batch.dead_letters = {letter(3)};
  batch.gaps = {{{"events", Partition(0)}, "id-1", Offset(0), Offset(1), "retention"}};
  CHECK(instance.store->commit(batch).kind == CommitResult::Kind::refused_data);
  CHECK(database.query("SELECT (SELECT count(*) FROM tallymill.batch), (SELECT count(*) FROM "
                       "tallymill.dead_letter), (SELECT count(*) FROM tallymill.gap)") ==
        Cells{{"0", "0", "0"}});
}

}  // namespace tallymill::testing
