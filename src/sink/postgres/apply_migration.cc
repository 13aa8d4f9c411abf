#include "sink/postgres/apply_migration.h"

#include <optional>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/join.h"
#include "sink/postgres/lookup_grants.h"
#include "sink/postgres/migration.h"
#include "sink/postgres/ownership.h"
#include "sink/postgres/pipeline_work.h"
#include "sink/postgres/schema_work.h"
#include "sink/postgres/table_work.h"

namespace tallymill::postgres {
namespace {

// A table that is rewritten takes what it takes.
constexpr std::chrono::minutes longest_statement{30};

PostgresSpec patient(PostgresSpec postgres, const Migration& migration) {
  postgres.ddl = DdlPolicy::apply;
  postgres.statement_timeout = longest_statement;
  postgres.lock_timeout = migration.lock_timeout;
  return postgres;
}

bool is_about_locks(const Error& error) { return error.code() == "55P03" || error.code() == "40P01"; }

// What the rows of the daemon's own tables say of a pipeline's.
struct Ground {
  Registrations registrations;
  Growth growth;
  std::optional<Error> refusal;  // Of the configuration; then only what is missing is made.
};

class Migrator {
 public:
  Migrator(const Migration& migration, const PostgresSpec& postgres, const PipelineSpec& pipeline,
           const SecretResolver& secrets)
      : migration_(migration), session_(patient(postgres, migration), pipeline, Identity{}, secrets) {}

  Result<void> migrate_schema() {
    return step("schema " + session_.postgres().schema, [this](Connection& connection) -> Result<void> {
      TRY(lock_ddl(session_, connection));
      TRY_ASSIGN(const SchemaWork work, find_schema_work(session_, connection));
      TRY(may_do(session_, connection, work));
      TRY(do_work(session_, connection, work));
      TRY(run(connection, grants_on_schema(session_.postgres(), migration_.daemon_role)));
      if (work.kind == SchemaWork::Kind::make) done_ = "made schema " + session_.postgres().schema;
      if (work.kind == SchemaWork::Kind::update) {
        done_ = "brought schema " + session_.postgres().schema + " up to date from version " +
                std::to_string(work.version);
      }
      return {};
    });
  }

  // Returns what is left undone.
  Result<std::vector<Error>> migrate_tables() {
    std::vector<Error> left;
    for (const AggregationSpec& aggregation : session_.pipeline().aggregations) {
      const TablePlan& plan = aggregation.plan;
      const std::string name = "table " + plan.schema + "." + plan.table;
      std::optional<Error> refusal;
      auto done = step(name, [&](Connection& connection) {
        return migrate_table(connection, aggregation, refusal);
      });
      if (done.ok()) done = step(name, [&](Connection& connection) { return grant(connection, plan); });
      const bool stopped = !done.ok() && done.error().reaction() == Reaction::stop;
      if (!done.ok() && !stopped) return done.error();
      if (refusal) {
        if (left.empty()) left.push_back(*std::move(refusal));
      } else if (stopped) {
        left.push_back(done.error());
      }
    }
    return left;
  }

  // The same of what the daemon's role lacks on tables of lookups.
  Result<std::vector<Error>> migrate_lookups() {
    std::vector<Error> left;
    for (const LookupSpec& lookup : session_.pipeline().lookups) {
      if (migration_.daemon_role.empty() || !lookup.reads_table()) continue;
      const std::string name = "table " + lookup.table->str() + " of lookup " + lookup.name;
      const auto done = step(name, [&](Connection& connection) -> Result<void> {
        TRY_ASSIGN(const std::string sql,
                   find_lookup_grants(session_, connection, lookup, migration_.daemon_role));
        if (!sql.empty()) done_ = "granted SELECT on " + name;
        return run(connection, sql);
      });
      if (done.ok()) continue;
      if (done.error().reaction() != Reaction::stop) return done.error();
      left.push_back(done.error());
    }
    return left;
  }

 private:
  template <class Work>
  Result<void> step(const std::string& what, const Work& work) {
    const SteadyTime until = system_clock().steady_now() + migration_.patience;
    for (bool told = false;; told = true) {
      done_.clear();
      auto done = attempt(work);
      if (done.ok()) {
        if (!done_.empty()) migration_.say(done_);
        return {};
      }
      session_.rollback();
      if (!is_about_locks(done.error()) || system_clock().steady_now() >= until) {
        return done.error().within(what);
      }
      if (!told) migration_.wait("waiting for " + what + ", which somebody has locked");
      std::this_thread::sleep_for(migration_.pause);
    }
  }

  template <class Work>
  Result<void> attempt(const Work& work) {
    TRY_ASSIGN(Connection* const connection, session_.connection());
    TRY(session_.begin(*connection));
    TRY(work(*connection));
    return session_.commit(*connection);
  }

  Result<Ground> find_ground(Connection& connection) {
    const PipelineSpec& pipeline = session_.pipeline();
    TRY_ASSIGN(auto stored, read_pipeline(session_, connection, pipeline.name, RowLock::no));
    if (!stored && pipeline.renamed_from) {
      TRY_ASSIGN(stored, read_pipeline(session_, connection, *pipeline.renamed_from, RowLock::no));
    }
    Ground ground{{true, stored ? stored->name : pipeline.name, true}, {}, {}};
    auto work = find_pipeline_work(pipeline, stored);
    if (!work.ok()) {
      ground.refusal = work.error();
      return ground;
    }
    ground.registrations.stay = work->kind != PipelineWork::Kind::begin_anew;
    ground.growth = std::move(work->growth);
    return ground;
  }

  // A table that is there is altered without the lock that every start takes: a start of another pipeline
  // would wait for as long as this table is written anew.
  Result<void> migrate_table(Connection& connection, const AggregationSpec& aggregation,
                             std::optional<Error>& refusal) {
    const TablePlan& plan = aggregation.plan;
    TRY_ASSIGN(Ground ground, find_ground(connection));
    refusal = std::move(ground.refusal);
    const auto find = [&] {
      return find_table_work(session_, connection, aggregation, ground.registrations, &ground.growth);
    };
    TRY_ASSIGN(TableWork work, find());
    if (work.kind == TableWork::Kind::make) {
      TRY(lock_ddl(session_, connection));
      // Whoever had the lock may have made it.
      TRY_ASSIGN(work, find());
    }
    if (work.rewrites && !migration_.rewrite) {
      return Error(Reaction::stop, "table_rewrite",
                   "its rows are all written anew for its new columns, and who counts or reads them "
                   "waits meanwhile; at a time that suits, run `tallymill migrate --rewrite`:\n" + work.sql);
    }
    work.rewrites = false;
    TRY(may_do(session_, connection, plan, work));
    TRY(do_work(session_, connection, work, migration_.lock_timeout));
    TRY(mark_added(connection, plan, work));
    const std::string name = "table " + plan.schema + "." + plan.table;
    if (work.kind == TableWork::Kind::make) done_ = "made " + name;
    if (!work.definitions.empty()) done_ = "added to " + name + ": " + joined(work.definitions);
    return {};
  }

  // Only if each column came with this transaction: one that somebody was faster with may hold anything.
  Result<void> mark_added(Connection& connection, const TablePlan& plan, const TableWork& work) {
    if (work.marks.empty()) return {};
    TRY_ASSIGN(const QueryResult added,
               connection.query("SELECT count(*) FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND "
                                "NOT attisdropped AND xmin = pg_current_xact_id()::xid",
                                Params().text(qualified(plan.schema, plan.table)), session_.statement_timeout()));
    const bool all = added.number(0, 0) == static_cast<std::int64_t>(work.definitions.size());
    return all ? run(connection, work.marks) : Result<void>();
  }

  // Two that grant at once would trip over each other.
  Result<void> grant(Connection& connection, const TablePlan& plan) {
    TRY(lock_ddl(session_, connection));
    return run(connection, grants_on_target(session_.postgres(), plan, migration_.daemon_role));
  }

  Result<void> run(Connection& connection, const std::string& sql) {
    if (sql.empty()) return {};
    TRY(connection.script(sql, session_.statement_timeout()));
    return {};
  }

  const Migration& migration_;
  Session session_;
  std::string done_;  // By the step under way, in words.
};

}  // namespace

Result<std::vector<Error>> apply_migration(const Spec& spec, const Migration& migration,
                                           const SecretResolver& secrets) {
  std::vector<Error> left;
  bool first = true;
  for (const PipelineSpec& pipeline : spec.pipelines) {
    Migrator migrator(migration, spec.postgres, pipeline, secrets);
    if (std::exchange(first, false)) TRY(migrator.migrate_schema());
    TRY_ASSIGN(auto more, migrator.migrate_tables());
    TRY_ASSIGN(auto lookups, migrator.migrate_lookups());
    more.insert(more.end(), lookups.begin(), lookups.end());
    for (Error& error : more) left.push_back(error.within("pipeline " + pipeline.name));
  }
  return left;
}

}  // namespace tallymill::postgres
