#pragma once

// What the parts of the store share: one connection that is opened when it is needed and replaced when it
// has died, transactions on it, and whose they are.

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sink/postgres/connection.h"
#include "sink/postgres/identifiers.h"
#include "sink/postgres/statements.h"
#include "sink/store.h"

namespace tallymill::postgres {

class Transactions {
 public:
  // `interrupt` as Connection::open() has it.
  Transactions(PostgresSpec postgres, SecretResolver secrets, const Interrupt* interrupt = nullptr);

  // The live connection, or a new one where the server has ended it.
  [[nodiscard]] Result<Connection*> connection();
  void disconnect() { connection_.reset(); }

  // Begins a transaction with its own time-outs and a pinned environment (rule R7). What asks the
  // connection next takes the answers.
  [[nodiscard]] Result<void> begin(Connection& connection) const;
  [[nodiscard]] Result<void> begin(Statements& statements) const;
  // Ends it; judged by the command tag, because a failed transaction answers COMMIT with OK. `sent`
  // names a failpoint, as in Connection::script().
  [[nodiscard]] Result<void> commit(Connection& connection, std::string_view sent = {}) const;
  // Ends it without effect; a connection that cannot do even that is dropped.
  void rollback();

  // "\"tallymill\".\"checkpoint\"" for "checkpoint".
  [[nodiscard]] std::string table(std::string_view name) const {
    return qualified(postgres_.schema, name);
  }
  [[nodiscard]] Duration statement_timeout() const;
  [[nodiscard]] const PostgresSpec& postgres() const { return postgres_; }
  [[nodiscard]] std::int64_t reconnects() const { return reconnects_; }
  // Thread-safe, as reconnects() is.
  [[nodiscard]] std::size_t buffered_bytes() const { return buffered_; }

 private:
  PostgresSpec postgres_;
  const std::vector<std::string> opening_;  // The statements that begin a transaction.
  SecretResolver secrets_;
  const Interrupt* interrupt_;
  std::atomic<std::size_t> buffered_{0};
  std::unique_ptr<Connection> connection_;
  std::int64_t connects_ = 0;
  std::atomic<std::int64_t> reconnects_{0};
};

// Those of one pipeline, which must outlive it.
class Session : public Transactions {
 public:
  Session(PostgresSpec postgres, const PipelineSpec& pipeline, Identity identity, SecretResolver secrets)
      : Transactions(std::move(postgres), std::move(secrets)),
        pipeline_(pipeline),
        identity_(std::move(identity)) {}

  [[nodiscard]] const PipelineSpec& pipeline() const { return pipeline_; }
  [[nodiscard]] const Identity& identity() const { return identity_; }

 private:
  const PipelineSpec& pipeline_;
  Identity identity_;
};

}  // namespace tallymill::postgres
