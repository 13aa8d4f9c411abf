#include "sink/postgres/postgres_store.h"

#include <atomic>
#include <utility>

#include "base/failpoint.h"
#include "sink/postgres/commit.h"
#include "sink/postgres/lease.h"
#include "sink/postgres/ownership.h"
#include "sink/postgres/progress.h"
#include "sink/postgres/prune.h"
#include "sink/postgres/session.h"

namespace tallymill {
namespace {

using postgres::Connection;
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

  Result<Progress> insert_checkpoints(const std::vector<Checkpoint>& checkpoints,
                                      const Progress& seen) override {
    auto stored = in_transaction<Progress>(
        "writing first checkpoints", [&](Connection& connection) -> Result<Progress> {
          TRY(connection.pass("ckpt.insert_before"));
          TRY(postgres::check_unchanged(session_, connection, seen));
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
    return in_transaction<bool>("taking the lease", [&](Connection& connection) {
      return postgres::take_lease(session_, connection, seen);
    });
  }

  Result<std::optional<std::int64_t>> renew_lease() override {
    return in_transaction<std::optional<std::int64_t>>(
        "renewing the lease",
        [&](Connection& connection) { return postgres::renew_lease(session_, connection); });
  }

  Result<bool> pass_lease(const Lease& successor) override {
    return in_transaction<bool>("passing the lease on", [&](Connection& connection) {
      return postgres::pass_lease(session_, connection, successor);
    });
  }

  void release_lease() override {
    auto released = in_transaction<bool>("giving the lease up", [&](Connection& connection) {
      return postgres::release_lease(session_, connection);
    });
    // Best effort: a standby takes over after its patience all the same.
    if (!released.ok()) session_.disconnect();
  }

  Result<Lease> observe_lease() override {
    return in_transaction<Lease>("watching the lease", [&](Connection& connection) {
      return postgres::observe_lease(session_, connection);
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
