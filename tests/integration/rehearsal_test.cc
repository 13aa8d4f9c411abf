// Whether Postgres would take a batch's rows, asked without writing them.

#include "integration/instance.h"
#include "sink/postgres/postgres_rehearsal.h"

#include "support/catch.h"

namespace tallymill::testing {
namespace {

std::string refusal(const Instance& instance, const Batch& batch) {
  const auto rehearsal =
      make_postgres_rehearsal(instance.spec.postgres, instance.pipeline(), plain_secrets());
  const auto asked = rehearsal->refusal(batch);
  INFO((asked.ok() ? "" : asked.error().message()));
  REQUIRE(asked.ok());
  return asked.value() ? asked.value()->code() : "";
}

}  // namespace

TEST_CASE("rows that Postgres takes are not written, rows that it refuses are named") {
  Database database;
  Instance instance(database);
  instance.start();
  const Batch batch = instance.batch({amount("a", 1)});
  CHECK(refusal(instance, batch) == "");
  CHECK(database.value("SELECT count(*) FROM counts") == "0");
  SECTION("by a constraint") {
    database.query("ALTER TABLE counts ADD CHECK (n < 1)");
    CHECK(refusal(instance, batch) == "23514");
  }
  SECTION("by a trigger that judges at the commit") {
    database.query("CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE "
                   "check_violation; END $$; CREATE CONSTRAINT TRIGGER no AFTER INSERT ON counts "
                   "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION no()");
    CHECK(refusal(instance, batch) == "23514");
  }
  SECTION("by a sum that leaves its column") {
    database.query("INSERT INTO counts (key, n) VALUES ('a', 9223372036854775807)");
    CHECK(refusal(instance, batch) == "22003");
  }
  CHECK(instance.store->commit(batch).kind != CommitResult::Kind::acked);
  CHECK(database.value("SELECT batch_sequence FROM tallymill.pipeline") == "0");
}

TEST_CASE("what is no refusal of data is an error") {
  Database database;
  Instance instance(database);
  instance.start();
  database.query("DROP TABLE counts");
  const auto rehearsal =
      make_postgres_rehearsal(instance.spec.postgres, instance.pipeline(), plain_secrets());
  CHECK_FALSE(rehearsal->refusal(instance.batch({amount("a", 1)})).ok());
}

}  // namespace tallymill::testing
