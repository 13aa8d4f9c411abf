// What a connection is like while a transaction is under way, and behind it.

#include <thread>

#include "integration/instance.h"
#include "sink/postgres/session.h"

#include "support/catch.h"

namespace tallymill::testing {
namespace {

std::string settings_of(postgres::Connection& connection) {
  const auto found = connection.script(
      "SELECT string_agg(name || '=' || setting, '; ' ORDER BY lower(name)) FROM pg_catalog.pg_settings WHERE name IN "
      "('client_connection_check_interval', 'DateStyle', 'extra_float_digits', "
      "'idle_in_transaction_session_timeout', 'lock_timeout', 'search_path', 'statement_timeout', "
      "'TimeZone', 'transaction_isolation')",
      std::chrono::seconds(5));
  REQUIRE(found.ok());
  return found->text(0, 0);
}

}  // namespace

TEST_CASE("a transaction has its own time-outs and environment, and leaves the session as it was") {
  Database database;
  database.query(
      "DO $$ DECLARE setting text; BEGIN FOREACH setting IN ARRAY ARRAY['TimeZone = ''Asia/Kathmandu''', "
      "'DateStyle = ''SQL, DMY''', 'search_path = nowhere', 'statement_timeout = 60000', 'extra_float_digits = 0', "
      "'default_transaction_isolation = ''serializable'''] "
      "LOOP EXECUTE format('ALTER DATABASE %I SET ', current_database()) || setting; END LOOP; END $$");
  Settings settings;
  settings.postgres = ", statement_timeout: 7s, lock_timeout: 3s";
  const Spec spec = spec_for(database, settings);
  postgres::Session session(spec.postgres, spec.pipelines[0], {"host", "s1"}, plain_secrets());
  const auto opened = session.connection();
  REQUIRE(opened.ok());
  postgres::Connection& connection = **opened;
  REQUIRE(session.begin(connection).ok());
  // An idle transaction is ended sooner than a statement: a frozen process holds its locks no longer.
  CHECK(settings_of(connection) ==
        "client_connection_check_interval=1000; DateStyle=ISO, DMY; extra_float_digits=3; "
        "idle_in_transaction_session_timeout=5000; lock_timeout=3000; search_path=pg_catalog; "
        "statement_timeout=7000; TimeZone=UTC; transaction_isolation=read committed");
  REQUIRE(session.commit(connection).ok());
  CHECK(settings_of(connection) ==
        "client_connection_check_interval=0; DateStyle=SQL, DMY; extra_float_digits=0; "
        "idle_in_transaction_session_timeout=0; lock_timeout=0; search_path=nowhere; "
        "statement_timeout=60000; TimeZone=Asia/Kathmandu; transaction_isolation=serializable");
}

TEST_CASE("the bytes of a statement are counted until the server has answered it") {
  Database database;
  Instance instance(database);
  instance.start();
  constexpr std::size_t rows = 3000;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < rows; ++i) keys.push_back(std::string(100, 'k') + std::to_string(i));
  std::vector<Folded> records;
  for (const std::string& key : keys) records.push_back(amount(key, 1));
  const Batch batch = instance.batch(records);
  Sql other(database.dsn());
  other.query("BEGIN; LOCK TABLE counts IN SHARE MODE");
  CommitResult result;
  std::thread writer([&] { result = instance.store->commit(batch); });
  while (database.value("SELECT count(*) FROM pg_locks WHERE NOT granted AND "
                        "relation = 'counts'::regclass") == "0") {
  }
  // Here, in libpq, and in what encoded them.
  CHECK(instance.store->buffered_bytes() > 3 * rows * 100);
  other.query("COMMIT");
  writer.join();
  CHECK(result.kind == CommitResult::Kind::acked);
  CHECK(instance.store->buffered_bytes() == 0);
}

}  // namespace tallymill::testing
