#include "sink/postgres/postgres_store.h"

#include <atomic>
#include <utility>

#include "base/failpoint.h"
#include "sink/postgres/commit.h"
#include "sink/postgres/ownership.h"
#include "sink/postgres/progress.h"
#include "sink/postgres/prune.h"
#include "sink/postgres/session.h"

namespace tallymill {
namespace {

using postgres::Connection;
using postgres::Params;
using postgres::QueryResult;
using postgres::Session;

class PostgresStore final : public Store {
 public:
  PostgresStore(PostgresSpec spec, const PipelineSpec& pipeline, postgres::Identity identity,
                postgres::SecretResolver secrets)
      : session_(std::move(spec), pipeline, std::move(identity), std::move(secrets)) {}

  Result<Progress> open() override {
    return in_connection<Progress>("opening pipeline " + session_.pipeline().name,
                                   [&](Connection& connection) {
                                     return postgres::open_pipeline(session_, connection);
                                   });
  }

  Result<Progress> insert_checkpoints(const std::vector<Checkpoint>& checkpoints) override {
    auto stored = in_transaction<Progress>(
        "writing first checkpoints", [&](Connection& connection) -> Result<Progress> {
          TRY(connection.pass("ckpt.insert_before"));
          TRY(postgres::insert_checkpoints(session_, connection, checkpoints));
          return postgres::read_progress(session_, connection);
        });
    if (stored.ok()) failpoint("ckpt.insert_after");
    return stored;
  }

  Result<Progress> read_progress() override {
    return in_transaction<Progress>("reading checkpoints", [&](Connection& connection) {
      return postgres::read_progress(session_, connection);
    });
  }

  CommitResult commit(const Batch& batch) override {
    return postgres::commit_batch(session_, batch);
  }

  Result<Resolution> resolve(const Batch& batch) override {
    // The old connection may have ended up at a server that is no longer the writable primary.
    session_.disconnect();
    auto resolution = postgres::resolve_batch(session_, batch);
    if (resolution.ok()) return resolution;
    session_.rollback();
    return resolution.error().within("finding out what became of batch " +
                                     std::to_string(batch.sequence));
  }

  Result<bool> take_lease(const Lease& seen) override {
    return update_lease("taking the lease",
                        " SET lease_instance = $2, lease_session = $3, lease_counter = "
                        "lease_counter + 1, heartbeat = now() WHERE pipeline = $1 AND lease_session "
                        "= $4 AND lease_counter = $5::bigint",
                        Params()
                            .text(session_.pipeline().name)
                            .text(session_.identity().instance)
                            .text(session_.identity().session)
                            .text(seen.session)
                            .number(seen.counter));
  }

  Result<std::optional<std::int64_t>> renew_lease() override {
    using Sequence = std::optional<std::int64_t>;
    return in_transaction<Sequence>(
        "renewing the lease", [&](Connection& connection) -> Result<Sequence> {
          TRY_ASSIGN(const QueryResult rows,
                     connection.query("UPDATE " + session_.table("pipeline") +
                                          " SET lease_counter = lease_counter + 1, heartbeat = now() "
                                          "WHERE pipeline = $1 AND lease_session = $2 RETURNING "
                                          "batch_sequence",
                                      own_session(), session_.statement_timeout()));
          return rows.rows() == 0 ? Sequence() : Sequence(rows.number(0, 0));
        });
  }

  void release_lease() override {
    // Best effort: a standby takes over after its patience all the same.
    if (auto released = update_lease("giving the lease up",
                                     " SET lease_session = '', lease_counter = lease_counter + 1 "
                                     "WHERE pipeline = $1 AND lease_session = $2",
                                     own_session());
        !released.ok()) {
      session_.disconnect();
    }
  }

  Result<Lease> observe_lease() override {
    return in_transaction<Lease>(
        "watching the lease", [&](Connection& connection) -> Result<Lease> {
          TRY_ASSIGN(const QueryResult rows,
                     connection.query("SELECT lease_instance, lease_session, lease_counter FROM " +
                                          session_.table("pipeline") + " WHERE pipeline = $1",
                                      Params().text(session_.pipeline().name),
                                      session_.statement_timeout()));
          if (rows.rows() == 0) return Lease{};
          return Lease{rows.text(0, 0), rows.text(0, 1), rows.number(0, 2)};
        });
  }

  Result<Orders> observe_orders() override {
    return in_transaction<Orders>("reading orders", [&](Connection& connection) {
      return postgres::observe_orders(session_, connection);
    });
  }

  Result<bool> prune() override {
    auto pruned = postgres::prune(session_);
    if (pruned.ok()) return pruned;
    session_.rollback();
    return pruned.error().within("pruning");
  }

  std::size_t buffered_bytes() const override { return session_.buffered_bytes(); }
  std::int64_t reconnects() const override { return session_.reconnects(); }

 private:
  [[nodiscard]] Params own_session() const {
    return Params().text(session_.pipeline().name).text(session_.identity().session);
  }

  Result<bool> update_lease(const std::string& context, const std::string& sql,
                            const Params& params) {
    return in_transaction<bool>(context, [&](Connection& connection) -> Result<bool> {
      TRY_ASSIGN(const QueryResult done,
                 connection.query("UPDATE " + session_.table("pipeline") + sql, params,
                                  session_.statement_timeout()));
      return done.changed() == 1;
    });
  }

  template <class T, class Work>
  Result<T> in_connection(const std::string& context, const Work& work) {
    auto connection = session_.connection();
    if (!connection.ok()) return connection.error();
    Result<T> result = work(**connection);
    if (result.ok()) return result;
    session_.rollback();
    return result.error().within(context);
  }

  template <class T, class Work>
  Result<T> in_transaction(const std::string& context, const Work& work) {
    return in_connection<T>(context, [&](Connection& connection) -> Result<T> {
      TRY(session_.begin(connection));
      TRY_ASSIGN(T result, work(connection));
      TRY(session_.commit(connection));
      return result;
    });
  }

  Session session_;
};

}  // namespace

std::unique_ptr<Store> make_postgres_store(PostgresSpec postgres, const PipelineSpec& pipeline,
                                           postgres::Identity identity,
                                           postgres::SecretResolver secrets) {
  return std::make_unique<PostgresStore>(std::move(postgres), pipeline, std::move(identity),
                                         std::move(secrets));
}

}  // namespace tallymill
