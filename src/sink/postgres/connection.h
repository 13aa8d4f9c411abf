#pragma once

// One connection to Postgres. Every wait has a deadline of our own, because neither
// statement_timeout nor keepalives end a COMMIT whose answer never comes (rule R7). Not
// thread-safe. After any error whose code is not an SQLSTATE the connection is dead: open another.

#include <libpq-fe.h>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "config/spec.h"
#include "sink/postgres/connection_settings.h"
#include "sink/postgres/interrupt.h"
#include "sink/postgres/options.h"
#include "sink/postgres/params.h"

namespace tallymill::postgres {

// The rows of one statement.
class QueryResult {
 public:
  explicit QueryResult(PGresult* result) : result_(result, &PQclear) {}

  [[nodiscard]] int rows() const { return PQntuples(result_.get()); }
  [[nodiscard]] bool null(int row, int column) const {
    return PQgetisnull(result_.get(), row, column) == 1;
  }
  // Text format. REQUIRES: the row and column are there.
  [[nodiscard]] std::string text(int row, int column) const {
    return {PQgetvalue(result_.get(), row, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
  }
  [[nodiscard]] std::int64_t number(int row, int column) const {
    return std::strtoll(PQgetvalue(result_.get(), row, column), nullptr, 10);
  }
  [[nodiscard]] bool flag(int row, int column) const {
    return *PQgetvalue(result_.get(), row, column) == 't';
  }
  // Valid as long as the rows.
  [[nodiscard]] std::string_view view(int row, int column) const {
    return {PQgetvalue(result_.get(), row, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
  }
  // Of a bytea.
  [[nodiscard]] std::string bytes(int row, int column) const;
  // "COMMIT", "UPDATE 3", ...
  [[nodiscard]] std::string_view tag() const { return PQcmdStatus(result_.get()); }
  // Rows that the statement changed.
  [[nodiscard]] std::int64_t changed() const {
    return std::strtoll(PQcmdTuples(result_.get()), nullptr, 10);
  }

 private:
  std::unique_ptr<PGresult, void (*)(PGresult*)> result_;
};

class Connection {
 public:
  // Connects to the writable primary, trying each host of the DSN for connect_timeout. Secrets are
  // read now. Messages never hold any. `buffered`, where given, always holds the bytes of
  // statements that are not answered yet. `interrupt`, where given, ends any wait, this one too, with the
  // code "interrupted": the connection dies, and a server that is not waited for ends the statement
  // within a second. Both must outlive the connection.
  [[nodiscard]] static Result<std::unique_ptr<Connection>> open(
      const PostgresSpec& spec, const SecretResolver& secrets,
      std::atomic<std::size_t>* buffered = nullptr, const Interrupt* interrupt = nullptr);

  // One statement; the error's code is its SQLSTATE, or "connection_lost" or "deadline". Values are
  // parameters, so `sql` holds identifiers and constants only. Takes the answers of those that are
  // under way, too, and fails with the first failure among them, although it was sent all the same.
  [[nodiscard]] Result<QueryResult> query(const std::string& sql, const Params& params,
                                          Duration timeout);
  // The same in two steps, for work beside the server's: send() returns once the kernel has the
  // whole statement, so that the server can do it without more from here. Several may be under way;
  // each send() that did not fail needs one receive(), in the same order, unless the connection died.
  // A statement's time runs from when it was sent or the one before it was answered. Until then
  // `buffered` counts its bytes. Behind each the server is idle in its transaction, so that its
  // time-out for that ends a process that was frozen between two.
  [[nodiscard]] Result<void> send(const std::string& sql, const Params& params, Duration timeout);
  // REQUIRES: a statement is under way.
  [[nodiscard]] Result<QueryResult> receive();
  // Several statements without parameters, separated by semicolons; the last one's result. `sent`
  // names a failpoint between the sending and the wait for an answer. What is under way is answered first, as with query(), before it is sent.
  [[nodiscard]] Result<QueryResult> script(const std::string& sql, Duration timeout,
                                           std::string_view sent = {});
  // One statement without parameters, its rows one at a time as they come: no more than one of them is
  // held here. Where `take` fails, that is the error, and the connection dies. What is under way is
  // answered first.
  [[nodiscard]] Result<void> stream(const std::string& sql, Duration timeout,
                                    const std::function<Result<void>(const QueryResult&)>& take);
  // A failpoint that can make this connection fail, or cut it.
  [[nodiscard]] Result<void> pass(std::string_view name);

  // False once an error has ended it.
  [[nodiscard]] bool alive() const { return alive_; }
  // Looks, without waiting, whether the server has ended the connection meanwhile. Of a connection with
  // statements under way their answers will tell.
  [[nodiscard]] bool still_there();

  ~Connection() { die(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

 private:
  Connection(std::atomic<std::size_t>* buffered, const Interrupt* interrupt)
      : connection_(nullptr, &PQfinish), buffered_(buffered), interrupt_(interrupt) {}
  [[nodiscard]] Result<void> connect(const Keywords& keywords, Duration timeout);
  [[nodiscard]] Result<void> wait(bool to_read, bool to_write, SteadyTime until);
  [[nodiscard]] Result<void> flush(SteadyTime until);
  [[nodiscard]] Result<void> settle(std::size_t left);
  [[nodiscard]] Result<QueryResult> collect(SteadyTime until);
  [[nodiscard]] Result<PGresult*> next_result(SteadyTime until);
  [[nodiscard]] std::optional<Error> refusal(const PGresult* result);
  [[nodiscard]] bool interrupted() const { return interrupt_ != nullptr && interrupt_->raised(); }
  [[nodiscard]] Error given_up();
  [[nodiscard]] Error lost(std::string code, const std::string& what);
  // One line, without the password and without the source location that verbose messages end in.
  [[nodiscard]] std::string scrubbed(std::string message) const;
  struct UnderWay {
    std::size_t bytes = 0;
    Duration timeout{};
  };
  void die();
  void publish_buffered();

  std::unique_ptr<PGconn, void (*)(PGconn*)> connection_;
  std::string password_;  // For scrubbing messages only.
  bool alive_ = true;
  std::deque<UnderWay> under_way_;  // Sent and not yet received; libpq is in pipeline mode while there are.
  SteadyTime until_{};              // Of the first of them.
  std::atomic<std::size_t>* buffered_;
  const Interrupt* interrupt_;
};

}  // namespace tallymill::postgres
