#include "sink/postgres/session.h"

#include <algorithm>
#include <utility>

#include "base/seeded_bug.h"

namespace tallymill::postgres {
namespace {

// How long a transaction may wait for its own process. Between two statements there is only
// encoding; a process that was frozen holds its locks no longer than this, and whoever takes over
// waits no longer for them.
constexpr std::chrono::milliseconds longest_idleness{5000};

constexpr const char* begin_sql = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
// What is sent behind a BEGIN that fails, for a stray cancel say, would commit statement by statement. What
// was set for the transaction is not set then, and the session ends itself before it comes to the rest.
constexpr const char* require_begun_sql =
    "SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid()) WHERE "
    "pg_catalog.current_setting('tallymill.began', true) IS DISTINCT FROM 'yes'";

// One statement that sets a transaction's time-outs and the rest of what it depends on.
std::string environment(const PostgresSpec& postgres) {
  const auto milliseconds = [](std::chrono::milliseconds duration) {
    return std::to_string(duration.count()) + "ms";
  };
  const std::pair<const char*, std::string> settings[] = {
      {"statement_timeout", milliseconds(postgres.statement_timeout)},
      {"lock_timeout", milliseconds(postgres.lock_timeout)},
      {"idle_in_transaction_session_timeout",
       milliseconds(std::min(postgres.statement_timeout, longest_idleness))},
      {"client_connection_check_interval", "1s"},
      {"search_path", "pg_catalog"},
      {"TimeZone", "UTC"},
      {"DateStyle", "ISO"},
      {"extra_float_digits", "3"},
      {"tallymill.began", "yes"}};
  std::string sql;
  for (const auto& [name, value] : settings) {
    sql += sql.empty() ? "SELECT " : ", ";
    sql += "pg_catalog.set_config('" + std::string(name) + "', " + literal(value) + ", true)";
  }
  return sql;
}

}  // namespace

Transactions::Transactions(PostgresSpec postgres, SecretResolver secrets, const Interrupt* interrupt)
    : postgres_(std::move(postgres)),
      opening_{begin_sql, environment(postgres_), require_begun_sql},
      secrets_(std::move(secrets)),
      interrupt_(interrupt) {}

Result<Connection*> Transactions::connection() {
  if (connection_ && connection_->still_there()) return connection_.get();
  connection_.reset();
  TRY_ASSIGN(connection_, Connection::open(postgres_, secrets_, &buffered_, interrupt_));
  if (connects_++ > 0) ++reconnects_;
  return connection_.get();
}

Duration Transactions::statement_timeout() const {
  // The server's own time-out comes first and names what it ended; ours is for a server that is
  // not there to say so.
  return postgres_.statement_timeout + std::chrono::seconds(2);
}

Result<void> Transactions::begin(Connection& connection) const {
  for (const std::string& sql : opening_) TRY(connection.send(sql, {}, statement_timeout()));
  return {};
}

Result<void> Transactions::begin(Statements& statements) const {
  for (const std::string& sql : opening_) TRY(statements.send(sql, {}));
  return {};
}

Result<void> Transactions::commit(Connection& connection, std::string_view sent) const {
  TRY_ASSIGN(const QueryResult done, connection.script("COMMIT", postgres_.commit_timeout, sent));
  if (done.tag() == "COMMIT" || seeded(Bug::commit_judged_by_status)) return {};
  return Error(Reaction::retry, "40000", "the transaction was rolled back instead of committed");
}

void Transactions::rollback() {
  if (!connection_ || !connection_->alive()) return disconnect();
  if (!connection_->script("ROLLBACK", std::chrono::seconds(5)).ok()) disconnect();
}

}  // namespace tallymill::postgres
