// Retention: what is old goes, a bite at a time, and what is needed stays.

#include "integration/instance.h"

#include "support/catch.h"

namespace tallymill::testing {
namespace {

// Prunes until nothing is left to prune; returns the number of bites.
int prune_all(Instance& instance) {
  for (int bites = 1;; ++bites) {
    REQUIRE(bites < 100);
    const auto more = instance.store->prune();
    INFO((more.ok() ? "" : more.error().message()));
    REQUIRE(more.ok());
    if (!more.value()) return bites;
  }
}

Settings windowed() {
  Settings settings;
  settings.aggregations =
      "      counts:\n"
      "        window: 10s\n"
      "        retention: 1h\n"
      "        group_by: [key]\n"
      "        columns: {n: count(), total: sum(amount)}\n";
  return settings;
}

}  // namespace

TEST_CASE("windows older than the retention are deleted in bites, younger ones stay") {
  Database database;
  Instance instance(database, windowed());
  instance.start();
  database.query("INSERT INTO counts (window_start, key, n) SELECT now() - interval '2 hours' - i * "
                 "interval '10 s', 'k', 1 FROM generate_series(1, 5000) i");
  database.query("INSERT INTO counts (window_start, key, n) SELECT now() - i * interval '1 min', "
                 "'young', 1 FROM generate_series(0, 50) i");
  const auto first = instance.store->prune();
  REQUIRE(first.ok());
  CHECK(first.value());
  const std::string left = database.value("SELECT count(*) FROM counts WHERE key = 'k'");
  CHECK(left == "3000");
  // The oldest go first.
  CHECK(database.value("SELECT min(window_start) > now() - interval '2 hours 30010 s' FROM counts") ==
        "t");
  CHECK(prune_all(instance) == 2);
  CHECK(database.query("SELECT key, count(*) FROM counts GROUP BY key") == Cells{{"young", "51"}});
}

TEST_CASE("a window that is far in the future or open stays, and counts on") {
  Database database;
  Instance instance(database, windowed());
  instance.start();
  database.query("INSERT INTO counts (window_start, key, n) VALUES (now() + interval '1 year', 'a', 1)");
  CHECK(prune_all(instance) == 1);
  CHECK(database.value("SELECT count(*) FROM counts") == "1");
}

TEST_CASE("a table without retention is never pruned") {
  Database database;
  Settings settings = windowed();
  settings.aggregations.erase(settings.aggregations.find("        retention"), 22);
  Instance instance(database, settings);
  instance.start();
  database.query("INSERT INTO counts (window_start, key, n) VALUES ('2001-01-01', 'a', 1)");
  CHECK(prune_all(instance) == 1);
  CHECK(database.value("SELECT count(*) FROM counts") == "1");
}

TEST_CASE("a partitioned table is pruned by the row, not by its place in a partition") {
  Database database;
  database.query("CREATE TABLE counts (window_start timestamptz NOT NULL, key text COLLATE \"C\" NOT "
                 "NULL, n bigint NOT NULL DEFAULT 0, total numeric, PRIMARY KEY (window_start, key)) "
                 "PARTITION BY RANGE (window_start);"
                 "CREATE TABLE former PARTITION OF counts FOR VALUES FROM (MINVALUE) TO ('2020-01-01');"
                 "CREATE TABLE recent PARTITION OF counts FOR VALUES FROM ('2020-01-01') TO (MAXVALUE)");
  Instance instance(database, windowed());
  instance.start();
  database.query("INSERT INTO counts SELECT '2010-01-01'::timestamptz + i * interval '10 s', 'old', 1 "
                 "FROM generate_series(1, 10) i;"
                 "INSERT INTO counts SELECT now() - i * interval '10 s', 'young', 1 FROM "
                 "generate_series(1, 10) i");
  prune_all(instance);
  CHECK(database.query("SELECT key, count(*) FROM counts GROUP BY key") == Cells{{"young", "10"}});
}

TEST_CASE("dead letters, ledger rows and lookups of another age or pipeline stay") {
  Database database;
  Settings settings;
  settings.more = "    dead_letters: {retention: 7d}\n    ledger: {retention: 2d}\n";
  Instance instance(database, settings);
  instance.start();
  database.query(
      "INSERT INTO tallymill.pipeline (pipeline, fingerprint) VALUES ('other', '');"
      "INSERT INTO tallymill.dead_letter (pipeline, topic_id, topic, partition, \"offset\", reason, "
      "message, record_time, truncated, batch_sequence, created_at) SELECT p, '', 't', 0, i, 'r', "
      "'m', now(), false, 1, now() - i * interval '1 hour' FROM generate_series(1, 5000) i, "
      "unnest(ARRAY['counts', 'other']) p;"
      "INSERT INTO tallymill.lookup_version (pipeline, lookup, content_hash, contents, last_used) "
      "SELECT p, 'l', i::text, '', now() - i * interval '1 day' FROM generate_series(1, 5) i, "
      "unnest(ARRAY['counts', 'other']) p");
  CHECK(prune_all(instance) == 3);
  CHECK(database.query("SELECT pipeline, count(*), max(\"offset\") FROM tallymill.dead_letter GROUP BY "
                       "1 ORDER BY 1") == Cells{{"counts", "167", "167"}, {"other", "5000", "5000"}});
  CHECK(database.query("SELECT pipeline, count(*) FROM tallymill.lookup_version GROUP BY 1 ORDER BY "
                       "1") == Cells{{"counts", "2"}, {"other", "5"}});
}

TEST_CASE("the ledger is pruned from its oldest row on, but never loses the last batch") {
  Database database;
  Settings settings;
  settings.more = "    ledger: {retention: 2d}\n";
  Instance instance(database, settings);
  instance.start();
  Batch last;
  for (int i = 0; i < 3; ++i) {
    last = instance.batch({amount("a", 1)});
    instance.commit(last);
  }
  SECTION("all are old") {
    database.query("UPDATE tallymill.batch SET committed_at = now() - interval '30 days'");
    prune_all(instance);
    CHECK(database.value("SELECT string_agg(sequence::text, ' ') FROM tallymill.batch") == "3");
    CHECK(instance.store->resolve(last).value().kind == Resolution::Kind::committed);
  }
  SECTION("all are old, and so are the lookups that the last one names") {
    database.query("INSERT INTO tallymill.lookup_version (pipeline, lookup, content_hash, contents, "
                   "last_used) SELECT 'counts', 'l', i::text, '', now() - i * interval '30 days' FROM "
                   "generate_series(1, 2) i;"
                   "UPDATE tallymill.batch SET committed_at = now() - interval '30 days'");
    prune_all(instance);
    CHECK(database.value("SELECT string_agg(content_hash, ' ') FROM tallymill.lookup_version") == "1");
    database.query("UPDATE tallymill.batch SET committed_at = now()");
    prune_all(instance);
    CHECK(database.value("SELECT count(*) FROM tallymill.lookup_version") == "0");
  }
  SECTION("one is old") {
    database.query("UPDATE tallymill.batch SET committed_at = now() - interval '3 days' WHERE sequence "
                   "= 1");
    prune_all(instance);
    CHECK(database.value("SELECT string_agg(sequence::text, ' ' ORDER BY sequence) FROM "
                         "tallymill.batch") == "2 3");
  }
  SECTION("none is old") {
    prune_all(instance);
    CHECK(database.value("SELECT count(*) FROM tallymill.batch") == "3");
  }
}

}  // namespace tallymill::testing
