// How a connection comes to be.

#include <algorithm>
#include <utility>
#include <vector>

#include "sink/postgres/connection.h"
#include "sink/postgres/sqlstate.h"

namespace tallymill::postgres {
namespace {

// The SQLSTATE in "FATAL:  28P01: password authentication failed ...", as libpq words it when asked
// to be verbose; a refused connection has no other place for it. The word before it depends on the
// server's language.
std::string sqlstate_in(const std::string& message) {
  for (std::size_t at = message.find(":  "); at != std::string::npos; at = message.find(":  ", at + 1)) {
    const std::string code = message.substr(at + 3, 5);
    const bool fits = code.size() == 5 && std::all_of(code.begin(), code.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
    });
    if (fits && message.compare(at + 8, 1, ":") == 0) return code;
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const PostgresSpec& spec,
                                                     const SecretResolver& secrets,
                                                     std::atomic<std::size_t>* buffered,
                                                     const Interrupt* interrupt) {
  const std::string doing = "connecting to Postgres";
  const auto dsn = secrets(spec.dsn);
  if (!dsn.ok()) return dsn.error().within(doing);
  std::optional<Secret> password;
  if (spec.password) {
    auto secret = secrets(*spec.password);
    if (!secret.ok()) return secret.error().within(doing);
    password = std::move(secret).value();
  }
  const auto attempts = connection_attempts(*dsn, password);
  if (!attempts.ok()) return attempts.error().within("postgres.dsn").within(doing);
  std::optional<Error> failed;
  for (const Keywords& keywords : *attempts) {
    std::unique_ptr<Connection> connection(new Connection(buffered, interrupt));
    auto connected = connection->connect(keywords, spec.connect_timeout);
    if (connected.ok()) return connection;
    const Error& error = connected.error();
    if (error.code() == "interrupted") return error;
    // A host that is only away now may be the primary again later: that outweighs a refusal.
    const bool kept = failed && failed->reaction() == Reaction::retry;
    const std::string message = (failed ? failed->message() + "; " : "") + error.message();
    failed = kept ? Error(failed->reaction(), failed->code(), message)
                  : Error(error.reaction(), error.code(), message);
  }
  return failed->within(doing);
}

Result<void> Connection::connect(const Keywords& keywords, Duration timeout) {
  if (const auto found = keywords.find("password"); found != keywords.end()) {
    password_ = found->second;
  }
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : keywords) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);

  const SteadyTime until = system_clock().steady_now() + timeout;
  connection_.reset(PQconnectStartParams(names.data(), values.data(), 0));
  if (!connection_) return Error(Reaction::retry, "connection_lost", "out of memory");
  PQsetErrorVerbosity(connection_.get(), PQERRORS_VERBOSE);
  for (PostgresPollingStatusType state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK;
       state = PQconnectPoll(connection_.get())) {
    if (state == PGRES_POLLING_FAILED || PQstatus(connection_.get()) == CONNECTION_BAD) {
      const std::string message = PQerrorMessage(connection_.get());
      const std::string sqlstate = sqlstate_in(message);
      const Reaction reaction = sqlstate.empty() ? Reaction::retry : reaction_of(sqlstate);
      return Error(reaction, sqlstate.empty() ? "connection_lost" : sqlstate, scrubbed(message));
    }
    TRY(wait(state == PGRES_POLLING_READING, state == PGRES_POLLING_WRITING, until));
  }
  PQsetErrorVerbosity(connection_.get(), PQERRORS_DEFAULT);
  PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
  if (PQsetnonblocking(connection_.get(), 1) != 0) return lost("connection_lost", "non-blocking");
  constexpr int oldest_version = 150000;
  if (PQserverVersion(connection_.get()) < oldest_version) {
    return Error(Reaction::stop, "postgres_too_old",
                 "the server is older than Postgres 15, the oldest that is supported");
  }
  return {};
}

}  // namespace tallymill::postgres
