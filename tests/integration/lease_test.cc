// The lease: who may commit, and how it passes on.

#include "integration/instance.h"

#include "support/catch.h"

namespace tallymill::testing {

TEST_CASE("a lease is taken only from what was seen") {
  Database database;
  Instance one(database, {}, "s1");
  Instance two(database, {}, "s2");
  REQUIRE(one.store->open().ok());
  REQUIRE(two.store->open().ok());
  const Lease free = one.store->observe_lease().value();
  CHECK(free.session.empty());
  CHECK(one.store->take_lease(free).value());
  // Two saw the same, and came second.
  CHECK_FALSE(two.store->take_lease(free).value());
  const Lease held = two.store->observe_lease().value();
  CHECK(held.session == "s1");
  CHECK(held.instance == "host-s1");
  // It moved since: its holder lives.
  CHECK(one.store->renew_lease().value());
  CHECK_FALSE(two.store->take_lease(held).value());
  CHECK(two.store->take_lease(two.store->observe_lease().value()).value());
  CHECK_FALSE(one.store->renew_lease().value());
  CHECK(two.store->renew_lease().value());
}

TEST_CASE("to take one's own lease again is no sign of life") {
  Database database;
  Instance one(database, {}, "s1");
  Instance two(database, {}, "s2");
  REQUIRE(one.store->open().ok());
  CHECK(one.store->take_lease(one.store->observe_lease().value()).value());
  const Lease seen = two.store->observe_lease().value();
  CHECK(one.store->take_lease(one.store->observe_lease().value()).value());
  CHECK(two.store->observe_lease().value() == seen);
}

TEST_CASE("a commit renews the lease") {
  Database database;
  Instance instance(database);
  instance.start();
  const Lease before = instance.store->observe_lease().value();
  instance.commit(instance.batch({amount("a", 1)}));
  CHECK(instance.store->observe_lease().value().counter > before.counter);
}

TEST_CASE("renewing the lease tells at which batch the database stands, so that a rewind is noticed") {
  Database database;
  Instance instance(database);
  instance.start();
  CHECK(instance.store->renew_lease().value() == 0);
  instance.commit(instance.batch({amount("a", 1)}));
  CHECK(instance.store->renew_lease().value() == 1);
  database.query("UPDATE tallymill.pipeline SET batch_sequence = 0");
  CHECK(instance.store->renew_lease().value() == 0);
}

TEST_CASE("a lease that is given up is free, and only its holder can give it up") {
  Database database;
  Instance one(database, {}, "s1");
  one.start();
  Instance two(database, {}, "s2");
  REQUIRE(two.store->open().ok());
  two.store->release_lease();
  CHECK(one.store->observe_lease().value().session == "s1");
  one.store->release_lease();
  const Lease free = two.store->observe_lease().value();
  CHECK(free.session.empty());
  CHECK(two.store->take_lease(free).value());
}

TEST_CASE("watching the lease waits for nobody's lock") {
  Database database;
  Instance instance(database);
  instance.start();
  Sql holder(database.dsn());
  holder.query("BEGIN; SELECT * FROM tallymill.pipeline FOR UPDATE");
  CHECK(instance.store->observe_lease().ok());
}

TEST_CASE("where a pipeline was dropped the lease is lost, and not free") {
  Database database;
  Instance instance(database);
  instance.start();
  database.query("TRUNCATE tallymill.pipeline CASCADE");
  CHECK_FALSE(instance.store->renew_lease().value());
  CHECK(instance.store->observe_lease().error().code() == "pipeline_missing");
}

}  // namespace tallymill::testing
