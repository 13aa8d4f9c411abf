#include "sink/postgres/start_plan.h"

#include <algorithm>
#include <utility>

#include "sink/postgres/lookup_columns.h"
#include "sink/postgres/pipeline_work.h"
#include "sink/postgres/readers.h"
#include "sink/postgres/replay_guard.h"
#include "sink/postgres/schema_work.h"
#include "sink/postgres/session.h"
#include "sink/postgres/table_work.h"
#include "sink/progress_check.h"

namespace tallymill::postgres {
namespace {

// A question whose answer may be a refusal: the next one is asked all the same.
template <class T, class Ask>
Result<std::optional<T>> ask(const Session& session, Connection& connection,
                             std::optional<Error>& refusal, const Ask& question) {
  TRY(connection.script("SAVEPOINT question", session.statement_timeout()));
  Result<T> answer = question();
  if (answer.ok()) return std::optional<T>(std::move(answer).value());
  if (answer.error().reaction() != Reaction::stop) return answer.error();
  refusal = answer.error();
  TRY(connection.script("ROLLBACK TO SAVEPOINT question", session.statement_timeout()));
  return std::optional<T>();
}

class Planner {
 public:
  Planner(Session& session, Connection& connection) : session_(session), connection_(connection) {}

  Result<void> begin() {
    TRY(session_.begin(connection_));
    TRY(connection_.script("SET TRANSACTION READ ONLY", session_.statement_timeout()));
    return {};
  }

  // What may be done is asked apart from what there is to do: a plan shows both.
  template <class May>
  Result<void> ask_leave(std::optional<Error>& refusal, const May& may) {
    const auto asked = ask<bool>(session_, connection_, refusal, [&]() -> Result<bool> {
      const Result<void> leave = may();
      return leave.ok() ? Result<bool>(true) : Result<bool>(leave.error());
    });
    return asked.ok() ? Result<void>() : Result<void>(asked.error());
  }

  // Returns whether what the schema holds can be read.
  Result<bool> plan_schema(StartPlan& plan) {
    TRY_ASSIGN(auto work, ask<SchemaWork>(session_, connection_, plan.schema_refusal,
                                          [&] { return find_schema_work(session_, connection_); }));
    if (!work) return false;
    plan.schema = *std::move(work);
    TRY(ask_leave(plan.schema_refusal, [&] { return may_do(session_, connection_, plan.schema); }));
    return true;
  }

  Result<PlannedPipeline> plan_pipeline(const SchemaWork& schema) {
    const PipelineSpec& pipeline = session_.pipeline();
    PlannedPipeline planned;
    planned.name = pipeline.name;
    Registrations registrations{schema.kind != SchemaWork::Kind::make, pipeline.name, true};
    if (registrations.are_there) TRY(find_stored(planned));
    if (planned.stored) registrations.pipeline = planned.stored->name;
    TRY_ASSIGN(auto work, ask<PipelineWork>(session_, connection_, planned.refusal, [&] {
                 return find_pipeline_work(pipeline, planned.stored);
               }));
    if (!work) return planned;
    planned.work = *std::move(work);
    registrations.stay = planned.work.kind != PipelineWork::Kind::begin_anew;
    if (planned.stored) TRY(ask_leave(planned.refusal, [&] { return check_stored(planned); }));
    for (const AggregationSpec& aggregation : pipeline.aggregations) {
      TRY_ASSIGN(auto table, plan_table(aggregation, registrations, planned.work.growth));
      planned.tables.push_back(std::move(table));
    }
    if (session_.postgres().ddl == DdlPolicy::apply) {
      TRY_ASSIGN(const auto grants, ask<std::string>(session_, connection_, planned.readers_refusal, [&] {
                   return find_reader_grants(session_, connection_);
                 }));
      planned.reader_grants = grants.value_or("");
    }
    TRY(ask_leave(planned.lookups_refusal,
                  [&] { return check_lookup_tables(session_, connection_, pipeline); }));
    return planned;
  }

 private:
  Result<void> find_stored(PlannedPipeline& planned) {
    const PipelineSpec& pipeline = session_.pipeline();
    TRY_ASSIGN(planned.stored, read_pipeline(session_, connection_, pipeline.name, RowLock::no));
    if (!planned.stored && pipeline.renamed_from) {
      TRY_ASSIGN(planned.stored,
                 read_pipeline(session_, connection_, *pipeline.renamed_from, RowLock::no));
    }
    if (!planned.stored) return {};
    TRY_ASSIGN(const QueryResult last,
               connection_.query("SELECT to_char(committed_at, $2), coalesce(to_char(max_event_time, $2), "
                                 "'') FROM " + session_.table("batch") +
                                     " WHERE pipeline = $1 ORDER BY sequence DESC LIMIT 1",
                                 Params().text(planned.stored->name).text("YYYY-MM-DD\"T\"HH24:MI:SS\"Z\""),
                                 session_.statement_timeout()));
    if (last.rows() == 0) return {};
    planned.committed_at = last.text(0, 0);
    planned.newest_event = last.text(0, 1);
    return {};
  }

  // What a start finds behind the configuration's own question.
  Result<void> check_stored(const PlannedPipeline& planned) {
    const std::string& name = planned.stored->name;
    if (planned.work.kind == PipelineWork::Kind::begin_anew) return {};
    if (planned.work.kind == PipelineWork::Kind::grow) {
      TRY(check_no_replay(connection_, session_.table("pipeline"), name, session_.statement_timeout()));
    }
    TRY_ASSIGN(const QueryResult rows,
               connection_.query("SELECT (SELECT count(*) FROM " + session_.table("checkpoint") +
                                     " WHERE pipeline = $1), partitions FROM " +
                                     session_.table("pipeline") + " WHERE pipeline = $1",
                                 Params().text(name), session_.statement_timeout()));
    return check_checkpoints(session_.pipeline().name, rows.number(0, 0), rows.number(0, 1));
  }

  Result<PlannedTable> plan_table(const AggregationSpec& aggregation, const Registrations& registrations,
                                  const Growth& growth) {
    PlannedTable table{aggregation.plan, aggregation.name, {}, {}};
    TRY_ASSIGN(auto work, ask<TableWork>(session_, connection_, table.refusal, [&] {
                 return find_table_work(session_, connection_, aggregation, registrations, &growth);
               }));
    if (!work) return table;
    table.work = *std::move(work);
    TRY(ask_leave(table.refusal,
                  [&] { return may_do(session_, connection_, aggregation.plan, table.work); }));
    return table;
  }

  Session& session_;
  Connection& connection_;
};

}  // namespace

bool PlannedPipeline::refused() const {
  return refusal || readers_refusal || lookups_refusal ||
         std::any_of(tables.begin(), tables.end(),
                     [](const PlannedTable& table) { return table.refusal.has_value(); });
}

Result<StartPlan> plan_start(const Spec& spec, const SecretResolver& secrets) {
  StartPlan plan;
  for (const PipelineSpec& pipeline : spec.pipelines) {
    Session session(spec.postgres, pipeline, Identity{}, secrets);
    TRY_ASSIGN(Connection* const connection, session.connection());
    Planner planner(session, *connection);
    TRY(planner.begin());
    TRY_ASSIGN(const bool readable, planner.plan_schema(plan));
    if (!readable) return plan;
    TRY_ASSIGN(auto planned, planner.plan_pipeline(plan.schema));
    plan.pipelines.push_back(std::move(planned));
    session.rollback();
  }
  return plan;
}

}  // namespace tallymill::postgres
