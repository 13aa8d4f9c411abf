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

}  // namespace

std::string QueryResult::bytes(int row, int column) const {
  std::size_t size = 0;
  const std::unique_ptr<unsigned char, void (*)(void*)> decoded(
      PQunescapeBytea(reinterpret_cast<const unsigned char*>(PQgetvalue(result_.get(), row, column)),
                      &size),
      &PQfreemem);
  return decoded ? std::string(reinterpret_cast<const char*>(decoded.get()), size) : std::string();
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
  if (PQresultStatus(behind) != PGRES_PIPELINE_SYNC) {
    // A server that ends just now has its last word here.
    const auto last_word = refusal(behind);
    PQclear(behind);
    const Error out_of_step = lost("connection_lost", "the server's answers are out of step");
    return last_word.value_or(out_of_step);
  }
  PQclear(behind);
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

Result<void> Connection::stream(const std::string& sql, Duration timeout,
                                const std::function<Result<void>(const QueryResult&)>& take) {
  TRY(settle(0));
  const SteadyTime until = now() + timeout;
  if (PQsendQuery(connection_.get(), sql.c_str()) != 1 || PQsetSingleRowMode(connection_.get()) != 1) {
    return lost("connection_lost", PQerrorMessage(connection_.get()));
  }
  TRY(flush(until));
  for (;;) {
    TRY_ASSIGN(PGresult* const result, next_result(until));
    // What the last row is followed by is judged as any other answer.
    if (result == nullptr) return {};
    const QueryResult row(result);
    // Rows that come fast are never waited for.
    if (interrupted()) return given_up();
    if (PQresultStatus(result) == PGRES_SINGLE_TUPLE) {
      auto taken = take(row);
      if (taken.ok()) continue;
      die();
      return taken;
    }
    if (PQresultStatus(result) == PGRES_TUPLES_OK) continue;
    const auto failed = refusal(result);
    if (!failed) return lost("connection_lost", PQresultErrorMessage(result));
    die();
    return *failed;
  }
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
    failed = refusal(result);
    if (!failed) return lost("connection_lost", PQresultErrorMessage(result));
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

// Nothing if the result has no SQLSTATE: the connection ended instead of an answer.
std::optional<Error> Connection::refusal(const PGresult* result) {
  const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  if (sqlstate == nullptr) return std::nullopt;
  const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  return Error(reaction_of(sqlstate), sqlstate,
               scrubbed(std::string(primary == nullptr ? "" : primary) + " (" + sqlstate + ")"));
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
    pollfd both[2]{{PQsocket(connection_.get()), 0, 0},
                   {interrupt_ == nullptr ? -1 : interrupt_->descriptor(), POLLIN, 0}};
    if (to_read) both[0].events |= POLLIN;
    if (to_write) both[0].events |= POLLOUT;
    const int ready = poll(both, 2, static_cast<int>(left));
    if (interrupted()) return given_up();
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

Error Connection::given_up() {
  die();
  return {Reaction::retry, "interrupted", "given up, because nobody waits for it any more"};
}

Error Connection::lost(std::string code, const std::string& what) {
  die();
  return {Reaction::retry, std::move(code),
          "connection to Postgres lost: " + scrubbed(what)};
}

std::string Connection::scrubbed(std::string message) const {
  message.resize(std::min(message.size(), message.find("\nLOCATION:")));
  while (!message.empty() && (message.back() == '\n' || message.back() == ' ')) message.pop_back();
  std::replace(message.begin(), message.end(), '\n', ' ');
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
