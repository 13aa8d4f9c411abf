// A table of a lookup that is being read when nobody waits for it any more.

#include <thread>

#include "base/clock.h"
#include "integration/instance.h"
#include "sink/postgres/lookup_table_reader.h"
#include "support/catch.h"

namespace tallymill::testing {
namespace {

using namespace std::chrono_literals;

LookupSpec ads() {
  LookupSpec lookup;
  lookup.name = "ads";
  lookup.table = TableName{"public", "ads"};
  lookup.key = "id";
  lookup.columns = {"owner"};
  return lookup;
}

// Seconds, at most, until `query` gives that.
bool gives(Database& database, const std::string& query, const std::string& wanted) {
  for (int i = 0; i < 200; ++i) {
    if (database.value(query) == wanted) return true;
    std::this_thread::sleep_for(50ms);
  }
  return false;
}

// How the reading ends that is given up once `under_way` counts it; nothing of it is left on the server.
Error give_up(Database& database, const std::string& under_way) {
  postgres::Interrupt interrupt;
  const PostgresSpec server = spec_for(database).postgres;
  Error error(Reaction::stop, "none", "it was read");
  std::thread reader([&] {
    const auto read =
        postgres::read_lookup_table(server, ads(), std::size_t{1} << 40, plain_secrets(), &interrupt);
    if (!read.ok()) error = read.error();
  });
  const bool began = gives(database, under_way, "1");
  const SteadyTime asked = system_clock().steady_now();
  interrupt.raise();
  reader.join();
  CHECK(began);
  CHECK(system_clock().steady_now() - asked < 10s);
  CHECK(gives(database, under_way, "0"));
  return error;
}

constexpr const char* reading =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND "
    "pid <> pg_backend_pid() AND ";

}  // namespace

TEST_CASE("a reading that is given up ends at once, on the server, too") {
  Database database;
  database.query("CREATE VIEW ads AS SELECT 'a'::text AS id, pg_sleep(25)::text AS owner");
  const Error error = give_up(database, std::string(reading) + "wait_event = 'PgSleep'");
  CHECK(error.code() == "interrupted");
  CHECK(error.reaction() == Reaction::retry);
}

TEST_CASE("so does one that waits for a lock") {
  Database database;
  database.query("CREATE TABLE ads (id text, owner text)");
  Sql holder(database.dsn());
  holder.query("BEGIN; LOCK TABLE ads");
  CHECK(give_up(database, std::string(reading) + "wait_event_type = 'Lock'").code() == "interrupted");
}

TEST_CASE("so does one whose rows come so fast that none is waited for") {
  Database database;
  database.query("CREATE VIEW ads AS SELECT generate_series(1, 1000000000)::text AS id, ''::text AS owner");
  CHECK(give_up(database, std::string(reading) + "query LIKE 'SELECT CASE %'").code() == "interrupted");
}

}  // namespace tallymill::testing
