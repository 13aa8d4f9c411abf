#include "sink/postgres/connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/failpoint.h"
#include "base/seeded_bug.h"
#include "sink/postgres/sqlstate.h"

namespace tallymill::postgres {
namespace {

SteadyTime now() { return system_clock().steady_now(); }

// One line, without the source location that verbose messages end in.
std::string one_line(std::string message) {
  message.resize(std::min(message.size(), message.find("LOCATION:")));
  while (!message.empty() && (message.back() == '\n' || message.back() == ' ')) message.pop_back();
  std::replace(message.begin(), message.end(), '\n', ' ');
  return message;
}

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

std::string QueryResult::bytes(int row, int column) const {
  std::size_t size = 0;
  const std::unique_ptr<unsigned char, void (*)(void*)> decoded(
      PQunescapeBytea(reinterpret_cast<const unsigned char*>(PQgetvalue(result_.get(), row, column)),
                      &size),
      &PQfreemem);
  return decoded ? std::string(reinterpret_cast<const char*>(decoded.get()), size) : std::string();
}

Result<std::unique_ptr<Connection>> Connection::open(const PostgresSpec& spec,
                                                     const SecretResolver& secrets,
                                                     std::atomic<std::size_t>* buffered) {
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
  if (!attempts.ok()) return attempts.error().within(doing);
  std::optional<Error> failed;
  for (const Keywords& keywords : *attempts) {
    std::unique_ptr<Connection> connection(new Connection(buffered));
    auto connected = connection->connect(keywords, spec.connect_timeout);
    if (connected.ok()) return connection;
    const Error& error = connected.error();
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

  const SteadyTime until = now() + timeout;
  connection_.reset(PQconnectStartParams(names.data(), values.data(), 0));
  if (!connection_) return Error(Reaction::retry, "connection_lost", "out of memory");
  PQsetErrorVerbosity(connection_.get(), PQERRORS_VERBOSE);
  for (PostgresPollingStatusType state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK;
       state = PQconnectPoll(connection_.get())) {
    if (state == PGRES_POLLING_FAILED || PQstatus(connection_.get()) == CONNECTION_BAD) {
      const std::string message = one_line(PQerrorMessage(connection_.get()));
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

bool Connection::still_there() {
  if (!alive_ || PQstatus(connection_.get()) == CONNECTION_BAD) return false;
  if (!under_way_.empty()) return true;
  // What a server says unasked is a notice or its last word; the end of the stream follows that.
  for (int i = 0; i < 3; ++i) {
    pollfd one{PQsocket(connection_.get()), POLLIN, 0};
    if (poll(&one, 1, 0) == 0) return true;
    if (PQconsumeInput(connection_.get()) != 1) break;
  }
  alive_ = false;
  return false;
}

Result<QueryResult> Connection::query(const std::string& sql, const Params& params,
                                      Duration timeout) {
  TRY(send(sql, params, timeout));
  const auto before = settle(1);
  if (!before.ok() && !alive_) return before.error();
  auto answer = receive();
  TRY(before);
  return answer;
}

// Takes answers until so many statements are under way. Returns the first failure.
Result<void> Connection::settle(std::size_t left) {
  Result<void> first;
  while (under_way_.size() > left) {
    const auto answer = receive();
    if (!answer.ok() && first.ok()) first = answer.error();
  }
  return first;
}

Result<void> Connection::send(const std::string& sql, const Params& params, Duration timeout) {
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (const auto& value : params.values_) {
    values.push_back(value ? value->data() : nullptr);
    lengths.push_back(value ? static_cast<int>(value->size()) : 0);
  }
  if (under_way_.empty()) {
    until_ = now() + timeout;
    if (PQenterPipelineMode(connection_.get()) != 1) {
      return lost("connection_lost", PQerrorMessage(connection_.get()));
    }
  }
  // What encoded the values keeps its buffers, the parameters are a copy, libpq makes another.
  under_way_.push_back({3 * params.bytes(), timeout});
  publish_buffered();
  if (PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(params.size()),
                        params.types_.data(), values.data(), lengths.data(),
                        params.formats_.data(), 0) != 1 ||
      PQpipelineSync(connection_.get()) != 1) {
    return lost("connection_lost", PQerrorMessage(connection_.get()));
  }
  return flush(until_);
}

Result<QueryResult> Connection::receive() {
  CHECK(!under_way_.empty(), "an answer is waited for that nobody asked for");
  auto answer = collect(until_);
  if (!alive_) return answer;
  TRY_ASSIGN(PGresult* const behind, next_result(until_));
  const bool synchronized = PQresultStatus(behind) == PGRES_PIPELINE_SYNC;
  PQclear(behind);
  if (!synchronized) return lost("connection_lost", "the server's answers are out of step");
  under_way_.pop_front();
  publish_buffered();
  if (!under_way_.empty()) {
    until_ = now() + under_way_.front().timeout;
  } else if (PQexitPipelineMode(connection_.get()) != 1) {
    return lost("connection_lost", PQerrorMessage(connection_.get()));
  }
  return answer;
}

Result<QueryResult> Connection::script(const std::string& sql, Duration timeout,
                                       std::string_view sent) {
  TRY(settle(0));
  const SteadyTime until = now() + timeout;
  if (PQsendQuery(connection_.get(), sql.c_str()) != 1) {
    return lost("connection_lost", PQerrorMessage(connection_.get()));
  }
  if (!sent.empty()) {
    TRY(flush(until));
    TRY(pass(sent));
  }
  return collect(until);
}

Result<void> Connection::pass(std::string_view name) {
  switch (fault_at(name)) {
    case Fault::none: break;
    case Fault::close_pg: ::shutdown(PQsocket(connection_.get()), SHUT_RDWR); break;
    case Fault::error:
      return Error(Reaction::retry, "failpoint", "failpoint " + std::string(name));
  }
  return {};
}

// Flushes, reads all results, returns the last one or the first error.
Result<QueryResult> Connection::collect(SteadyTime until) {
  TRY(flush(until));
  std::optional<QueryResult> last;
  std::optional<Error> failed;
  for (;;) {
    TRY_ASSIGN(PGresult* const result, next_result(until));
    if (result == nullptr) break;
    last.emplace(result);
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || failed) continue;
    // The field is null when the connection ended instead of an answer.
    const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (sqlstate == nullptr) return lost("connection_lost", PQresultErrorMessage(result));
    const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    failed = Error(reaction_of(sqlstate), sqlstate,
                   scrubbed(std::string(primary == nullptr ? "" : primary) + " (" + sqlstate + ")"));
  }
  if (PQstatus(connection_.get()) == CONNECTION_BAD) {
    return lost("connection_lost", PQerrorMessage(connection_.get()));
  }
  if (failed) {
    if (classify(failed->code()) == SqlstateClass::connection) die();
    return *std::move(failed);
  }
  if (!last) return lost("connection_lost", "the server gave no answer");
  return *std::move(last);
}

// The caller owns it; null where a statement has no more results.
Result<PGresult*> Connection::next_result(SteadyTime until) {
  while (PQisBusy(connection_.get()) == 1) {
    TRY(wait(true, false, until));
    if (PQconsumeInput(connection_.get()) != 1) {
      return lost("connection_lost", PQerrorMessage(connection_.get()));
    }
  }
  return PQgetResult(connection_.get());
}

Result<void> Connection::flush(SteadyTime until) {
  for (;;) {
    const int left = PQflush(connection_.get());
    if (left == 0) return {};
    if (left < 0) return lost("connection_lost", PQerrorMessage(connection_.get()));
    // The server may have to be read before it goes on reading.
    TRY(wait(true, true, until));
    if (PQconsumeInput(connection_.get()) != 1) {
      return lost("connection_lost", PQerrorMessage(connection_.get()));
    }
  }
}

Result<void> Connection::wait(bool to_read, bool to_write, SteadyTime until) {
  if (seeded(Bug::postgres_without_deadline)) until = now() + std::chrono::hours(240);
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - now()).count();
    if (left <= 0) return lost("deadline", "no answer in time");
    pollfd one{PQsocket(connection_.get()), 0, 0};
    if (to_read) one.events |= POLLIN;
    if (to_write) one.events |= POLLOUT;
    const int ready = poll(&one, 1, static_cast<int>(left));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return lost("connection_lost", "waiting for the socket");
  }
}

void Connection::die() {
  alive_ = false;
  under_way_.clear();
  publish_buffered();
}

void Connection::publish_buffered() {
  if (buffered_ == nullptr) return;
  std::size_t bytes = 0;
  for (const UnderWay& statement : under_way_) bytes += statement.bytes;
  buffered_->store(bytes, std::memory_order_relaxed);
}

Error Connection::lost(std::string code, const std::string& what) {
  die();
  return {Reaction::retry, std::move(code),
          "connection to Postgres lost: " + scrubbed(one_line(what))};
}

std::string Connection::scrubbed(std::string message) const {
  if (password_.empty()) return message;
  for (std::size_t at = message.find(password_); at != std::string::npos;
       at = message.find(password_, at)) {
    const std::string_view shown = Secret::redacted();
    message.replace(at, password_.size(), shown);
    at += shown.size();
  }
  return message;
}

}  // namespace tallymill::postgres
