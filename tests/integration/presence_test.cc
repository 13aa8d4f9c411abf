// What instances know of each other, and how a pipeline passes from one to another.

#include <chrono>
#include <future>

#include "integration/instance.h"
#include "sink/postgres/postgres_presence.h"
#include "sink/postgres/postgres_store.h"

#include "support/catch.h"

namespace tallymill::testing {

namespace {

// One process, with its place among the others.
struct Member {
  Member(const Database& database, const std::string& session, const std::string& revision,
         const Settings& settings = {})
      : spec(spec_for(database, settings)),
        store(make_postgres_store(spec.postgres, spec.pipelines[0], identity(session, revision),
                                  plain_secrets())),
        all(make_postgres_presence(spec.postgres, plain_secrets())),
        presence(all->of(spec.pipelines[0], identity(session, revision))) {}

  static postgres::Identity identity(const std::string& session, const std::string& revision) {
    return {"host-" + session, session, revision, "1.0"};
  }
  std::vector<Peer> beat(const std::string& state, bool counts = false, bool asks = false) {
    return exchange(state, counts, asks).peers;
  }
  Surroundings exchange(const std::string& state, bool counts = false, bool asks = false) {
    presence->say({state, counts, asks});
    auto found = presence->hear();
    INFO((found.ok() ? "" : found.error().message()));
    REQUIRE(found.ok());
    return std::move(found).value();
  }
  // Of another pipeline of the same process.
  [[nodiscard]] std::unique_ptr<Presence> presence_of(const std::string& name, const std::string& revision) const {
    PipelineSpec other = spec.pipelines[0];
    other.name = name;
    return all->of(other, identity("s1", revision));
  }
  void count() {
    const auto opened = store->open();
    REQUIRE(opened.ok());
    REQUIRE(store->take_lease(opened->lease).value());
  }

  const Spec spec;
  std::unique_ptr<Store> store;
  std::unique_ptr<ProcessPresence> all;
  std::unique_ptr<Presence> presence;
};

Settings with_columns(const std::string& columns) {
  Settings changed;
  changed.aggregations =
      "      counts:\n"
      "        group_by: [key]\n"
      "        columns: {" + columns + "}\n";
  return changed;
}

// The same table, of other records.
Settings counting_otherwise() { return with_columns("n: count(amount > 3), total: sum(amount)"); }

}  // namespace

TEST_CASE("instances see each other, and whoever was silent for a minute is forgotten") {
  Database database;
  Member one(database, "s1", "r1");
  one.count();
  one.beat("running", true);
  Member two(database, "s2", "r1");
  auto peers = two.beat("standby");
  REQUIRE(peers.size() == 2);
  CHECK(peers[0].instance == "host-s1");
  CHECK(peers[0].state == "running");
  CHECK(peers[0].holds_lease);
  CHECK(peers[0].same_revision);
  CHECK(peers[1].session == "s2");
  CHECK(peers[1].seen_ago.count() == 0);
  CHECK_FALSE(peers[1].holds_lease);
  database.query("UPDATE tallymill.instance SET seen = now() - interval '10 s' WHERE session = 's1'");
  peers = two.beat("standby");
  CHECK(peers[0].seen_ago >= std::chrono::seconds(10));
  database.query("UPDATE tallymill.instance SET seen = now() - interval '2 min' WHERE session = 's1'");
  CHECK(two.beat("standby").size() == 1);
  CHECK(database.value("SELECT count(*) FROM tallymill.instance") == "1");
  two.presence->leave();
  CHECK(database.value("SELECT count(*) FROM tallymill.instance") == "0");
}

TEST_CASE("a heartbeat finds where the store stands and what persons want") {
  Database database;
  Member one(database, "s1", "r1");
  one.count();
  Surroundings found = one.exchange("running", true);
  CHECK(found.stands_at == 0);
  CHECK_FALSE(found.orders.paused);
  database.query("UPDATE tallymill.pipeline SET batch_sequence = 7, wanted_state = 'paused', orders_given = 3");
  found = one.exchange("running", true);
  CHECK(found.stands_at == 7);
  CHECK(found.orders.paused);
  CHECK(found.orders.given == 3);
  database.query("UPDATE tallymill.pipeline SET lease_session = 's2'");
  CHECK_FALSE(one.exchange("running", true).stands_at);
  database.query("DELETE FROM tallymill.aggregation; DELETE FROM tallymill.pipeline");
  found = one.exchange("running", true);
  CHECK_FALSE(found.stands_at);
  CHECK(found.orders.paused);
}

TEST_CASE("what the pipelines of a process say at about the same time goes in one transaction") {
  Database database;
  Member one(database, "s1", "r1");
  one.count();
  const auto other = one.presence_of("other", "r2");
  one.presence->say({"running", true, false});
  other->say({"standby", false, false});
  const auto found = one.presence->hear();
  REQUIRE(found.ok());
  REQUIRE(found->peers.size() == 1);
  CHECK(found->peers[0].state == "running");
  // It was taken along: what is changed behind it is not found.
  database.query("UPDATE tallymill.instance SET state = 'changed'");
  const auto heard = other->hear();
  REQUIRE(heard.ok());
  REQUIRE(heard->peers.size() == 1);
  CHECK(heard->peers[0].state == "standby");
  CHECK(heard->orders.paused);  // There is no such pipeline.
  // The next one is an exchange of its own.
  other->say({"running", true, false});
  CHECK(other->hear().value().peers[0].state == "running");
  other->leave();
  CHECK(database.query("SELECT pipeline FROM tallymill.instance") == Cells{{"counts"}});
}

TEST_CASE("of two pipelines of one name, one about to replace the other, each says its own") {
  Database database;
  Member one(database, "s1", "r1");
  one.count();
  auto other = one.presence_of(one.spec.pipelines[0].name, "r2");
  one.presence->say({"running", true, false});
  other->say({"starting", true, false});
  CHECK(one.presence->hear().value().peers.at(0).state == "running");
  CHECK(other->hear().value().peers.at(0).state == "starting");
  other.reset();
  CHECK(one.exchange("running").peers.at(0).same_revision);
}

TEST_CASE("where an exchange fails, all that were taken along are told, and nobody tries again for them") {
  Database database;
  Member one(database, "s1", "r1");
  one.count();
  const auto other = one.presence_of("other", "r1");
  one.presence->say({"running", true, false});
  other->say({"running", true, false});
  database.query("ALTER TABLE tallymill.instance RENAME TO elsewhere");
  CHECK_FALSE(one.presence->hear().ok());
  database.query("ALTER TABLE tallymill.elsewhere RENAME TO instance");
  const auto heard = other->hear();
  REQUIRE_FALSE(heard.ok());
  CHECK(heard.error().message().find("telling the other instances") != std::string::npos);
  other->say({"running", true, false});
  CHECK(other->hear().ok());
}

TEST_CASE("a heartbeat moves the lease that is seen, also while a commit holds the pipeline's row") {
  Database database;
  Member one(database, "s1", "r1");
  one.count();
  one.beat("running", true);
  Member two(database, "s2", "r1");
  REQUIRE(two.store->open().ok());
  Sql commit(database.dsn());
  commit.query("BEGIN; UPDATE tallymill.pipeline SET batch_sequence = batch_sequence");
  const Lease before = two.store->observe_lease().value();
  one.beat("running", true);
  const Lease after = two.store->observe_lease().value();
  CHECK(after.counter == before.counter);
  CHECK(after.beats == before.beats + 1);
  // One that does not count keeps nothing.
  one.beat("stopped", false);
  CHECK(two.store->observe_lease().value() == after);
}

TEST_CASE("whoever takes over waits for the row of a commit, and then sees that its holder lives") {
  Database database;
  Member one(database, "s1", "r1");
  one.count();
  Member two(database, "s2", "r1");
  REQUIRE(two.store->open().ok());
  const Lease judged = two.store->observe_lease().value();
  Sql commit(database.dsn());
  commit.query("BEGIN; UPDATE tallymill.pipeline SET lease_counter = lease_counter + 1");
  auto opening = std::async(std::launch::async, [&] { return two.store->open(); });
  CHECK(opening.wait_for(std::chrono::milliseconds(300)) == std::future_status::timeout);
  commit.query("COMMIT");
  const auto found = opening.get();
  REQUIRE(found.ok());
  CHECK_FALSE(found->lease == judged);
  CHECK_FALSE(two.store->take_lease(judged).value());
}

TEST_CASE("a revision asks until it has counted, and never again") {
  Database database;
  Member one(database, "s1", "r1");
  one.count();
  Member same(database, "s2", "r1");
  CHECK_FALSE(same.beat("standby", false, true).back().asks);
  Member newer(database, "s3", "r2");
  CHECK(newer.beat("standby", false, true).back().asks);
  CHECK(one.store->pass_lease({"host-s3", "s3"}).value());
  CHECK_FALSE(one.store->pass_lease({"host-s2", "s2"}).value());
  CHECK_FALSE(one.store->renew_lease().value());
  newer.count();
  CHECK_FALSE(newer.beat("standby", false, true).back().asks);
  CHECK_FALSE(one.beat("standby", false, true).front().asks);
}

TEST_CASE("a configuration that counts otherwise waits for the lease, and is refused once it is late") {
  Database database;
  Member one(database, "s1", "r1");
  one.count();
  Member other(database, "s2", "r2", counting_otherwise());
  const auto waiting = other.store->open();
  REQUIRE(waiting.ok());
  CHECK(waiting->fingerprint == one.spec.pipelines[0].fingerprint);
  CHECK(other.beat("standby", false, true).front().asks);
  SECTION("it is given the lease") {
    REQUIRE(one.store->pass_lease({"host-s2", "s2"}).value());
    other.count();
    CHECK(other.store->read_progress().value().fingerprint == other.spec.pipelines[0].fingerprint);
  }
  SECTION("the former one has counted meanwhile") {
    database.query("UPDATE tallymill.pipeline SET batch_sequence = 1");
    CHECK_FALSE(other.beat("standby", false, true).front().asks);
    for (const Error& error : {other.store->observe_lease().error(), other.store->open().error()}) {
      CHECK(error.reaction() == Reaction::stop);
      CHECK(error.code() == "config_changed");
      CHECK(error.message().find("- counts: column n count bigint\n") != std::string::npos);
      CHECK(error.message().find("+ counts: column n count bigint bool") != std::string::npos);
    }
    CHECK(one.store->renew_lease().value());
  }
}

TEST_CASE("a configuration whose turn would stop at its tables does not wait for it") {
  Database database;
  Member one(database, "s1", "r1");
  one.count();
  Member other(database, "s2", "r2", with_columns("n: count(), most: max(amount)"));
  CHECK(other.store->open().error().code() == "table_differs");
  CHECK(one.store->renew_lease().value());
}

TEST_CASE("a row that an older version made is told what was counted, once that is known") {
  Database database;
  Member(database, "s1", "r1").count();
  database.query("UPDATE tallymill.pipeline SET batch_sequence = 1, spec = ''");
  Member other(database, "s2", "r2", counting_otherwise());
  const Error error = other.store->open().error();
  CHECK(error.code() == "config_changed");
  CHECK(error.message().find("column") == std::string::npos);
  Member again(database, "s3", "r1");
  REQUIRE(again.store->open().ok());
  CHECK(other.store->open().error().message().find("+ counts: column n count") != std::string::npos);
}

TEST_CASE("a schema without instances is brought up to date") {
  Database database;
  Member(database, "s1", "r1").count();
  database.query("DROP TABLE tallymill.instance;"
                 "ALTER TABLE tallymill.pipeline DROP COLUMN spec, DROP COLUMN revisions;"
                 "UPDATE tallymill.schema_version SET version = 2");
  Member two(database, "s2", "r1");
  REQUIRE(two.store->open().ok());
  CHECK(two.beat("standby").size() == 1);
}

}  // namespace tallymill::testing
