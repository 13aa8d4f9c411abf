// What a command is told that finds the daemon's own tables as another version made them, or not at all.

#include "integration/instance.h"
#include "sink/postgres/explain_missing.h"

#include "support/catch.h"

namespace tallymill::testing {

TEST_CASE("a command that misses a column is told of the older schema that has to be migrated") {
  Database database;
  Instance instance(database);
  instance.start();
  database.query("ALTER TABLE tallymill.pipeline DROP COLUMN started");
  const auto told = [&] {
    return postgres::explain_missing(instance.spec.postgres, plain_secrets(),
                                     instance.store->read_progress().error());
  };
  // The version is right, so somebody else took the column away.
  CHECK(told().code() == "42703");
  database.query("UPDATE tallymill.schema_version SET version = 3");
  CHECK(told().code() == "schema_version");
  CHECK(told().reaction() == Reaction::stop);
  CHECK_THAT(told().message(), Catch::Contains("version 3") && Catch::Contains("`tallymill migrate`"));
  database.query("UPDATE tallymill.schema_version SET version = 99");
  CHECK_THAT(told().message(), Catch::Contains("run the newer tallymill"));
  database.query("DROP SCHEMA tallymill CASCADE");
  CHECK(told().code() == "schema_missing");
}

TEST_CASE("any other error is told as it is, also where the schema is of another version") {
  Database database;
  Instance instance(database);
  instance.start();
  database.query("UPDATE tallymill.schema_version SET version = 3");
  const Error other = postgres::explain_missing(instance.spec.postgres, plain_secrets(),
                                                {Reaction::stop, "42501", "permission denied"});
  CHECK(other.code() == "42501");
  CHECK(other.message() == "permission denied");
}

}  // namespace tallymill::testing
