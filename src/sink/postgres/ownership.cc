#include "sink/postgres/ownership.h"

#include <utility>

#include "base/log.h"
#include "sink/postgres/pipeline_row.h"
#include "sink/postgres/progress.h"
#include "sink/postgres/readers.h"
#include "sink/postgres/schema_work.h"
#include "sink/postgres/table_work.h"

namespace tallymill::postgres {
namespace {

// Short, for whoever comes to the table waits behind us; the start is tried again.
constexpr std::chrono::milliseconds table_lock_timeout{1000};

Registrations own_registrations(const Session& session) {
  return {true, session.pipeline().name, true};
}

// It counts from where the pipeline stands: all of a new pipeline's tables from its first offsets on,
// which are noted when they are known.
Result<void> register_table(const Session& session, Connection& connection,
                            const AggregationSpec& aggregation) {
  TRY(connection.query("INSERT INTO " + session.table("aggregation") +
                           " (pipeline, aggregation, fingerprint, table_schema, table_name, table_oid, "
                           "counts_since) SELECT $1, $2, $3, $4, $5, $6::regclass, coalesce(jsonb_agg("
                           "jsonb_build_object('topic', topic, 'topic_id', topic_id, 'partition', "
                           "partition, 'offset', next_offset)), '[]') FROM " +
                           session.table("checkpoint") + " WHERE pipeline = $1",
                       Params()
                           .text(session.pipeline().name)
                           .text(aggregation.name)
                           .text(aggregation.fingerprint)
                           .text(aggregation.plan.schema)
                           .text(aggregation.plan.table)
                           .text(qualified(aggregation.plan.schema, aggregation.plan.table)),
                       session.statement_timeout()));
  return {};
}

Result<void> note_fingerprint(const Session& session, Connection& connection,
                              const AggregationSpec& aggregation) {
  TRY(connection.query("UPDATE " + session.table("aggregation") +
                           " SET fingerprint = $3 WHERE pipeline = $1 AND aggregation = $2",
                       Params()
                           .text(session.pipeline().name)
                           .text(aggregation.name)
                           .text(aggregation.fingerprint),
                       session.statement_timeout()));
  return {};
}

Result<void> ensure_table(const Session& session, Connection& connection,
                          const AggregationSpec& aggregation, const Growth* growth) {
  TRY_ASSIGN(const TableWork work, find_table_work(session, connection, aggregation,
                                                   own_registrations(session), growth));
  TRY(may_do(session, connection, aggregation.plan, work));
  TRY(do_work(session, connection, work, table_lock_timeout));
  if (!work.registered) return register_table(session, connection, aggregation);
  if (work.kind == TableWork::Kind::grow) return note_fingerprint(session, connection, aggregation);
  return {};
}

// For a configuration that waits for its turn: what would stop it then stops it now, while another one
// counts.
Result<void> foresee_tables(const Session& session, Connection& connection, const PipelineWork& work) {
  Registrations registrations = own_registrations(session);
  registrations.stay = work.kind != PipelineWork::Kind::begin_anew;
  for (const AggregationSpec& aggregation : session.pipeline().aggregations) {
    TRY_ASSIGN(const TableWork found, find_table_work(session, connection, aggregation, registrations,
                                                      &work.growth));
    TRY(may_do(session, connection, aggregation.plan, found));
  }
  if (session.postgres().ddl == DdlPolicy::apply) TRY(find_reader_grants(session, connection));
  return {};
}

void tell_growth(const Session& session, const BoundPipeline& bound) {
  std::string more;
  const auto add = [&more](const std::string& name) { more += (more.empty() ? "" : ", ") + name; };
  for (const auto& aggregation : bound.work.growth.grown) {
    for (const std::string& column : aggregation.columns) add(aggregation.name + "." + column);
  }
  for (const std::string& aggregation : bound.work.growth.aggregations) add(aggregation);
  log_info("the configuration counts more from this batch on",
           {{"pipeline", session.pipeline().name}, {"batch", bound.batches + 1}, {"more", more}});
}

struct Opened {
  Progress progress;
  BoundPipeline bound;
};

// All that a start does before its first fetch, up to its COMMIT.
Result<Opened> open_uncommitted(const Session& session, Connection& connection, OwnLease own) {
  TRY(session.begin(connection));
  TRY(lock_ddl(session, connection));
  TRY_ASSIGN(const SchemaWork schema, find_schema_work(session, connection));
  TRY(may_do(session, connection, schema));
  TRY(do_work(session, connection, schema));
  TRY_ASSIGN(BoundPipeline bound, ensure_pipeline(session, connection, own));
  TRY(connection.pass("start.migrate_mid"));
  TRY(bound.binding == Binding::bound ? ensure_tables(session, connection, &bound.work.growth)
                                      : foresee_tables(session, connection, bound.work));
  TRY_ASSIGN(Progress progress, read_progress(session, connection));
  return Opened{std::move(progress), std::move(bound)};
}

}  // namespace

Result<void> ensure_tables(const Session& session, Connection& connection, const Growth* growth) {
  for (const AggregationSpec& aggregation : session.pipeline().aggregations) {
    TRY(ensure_table(session, connection, aggregation, growth));
  }
  if (session.postgres().ddl == DdlPolicy::apply) {
    TRY_ASSIGN(const std::string grants, find_reader_grants(session, connection));
    if (!grants.empty()) TRY(connection.script(grants, session.statement_timeout()));
  }
  return {};
}

// A transaction's lock needs no session.
Result<void> lock_ddl(const Session& session, Connection& connection) {
  TRY(connection.query("SELECT pg_advisory_xact_lock(hashtext($1))",
                       Params().text("tallymill " + session.postgres().schema),
                       session.statement_timeout()));
  return {};
}

Result<Progress> open_pipeline(Session& session, Connection& connection) {
  TRY(connection.pass("start.pg_connected"));
  TRY_ASSIGN(Opened opened, open_uncommitted(session, connection, OwnLease::of_session));
  TRY(session.commit(connection));
  const BoundPipeline& bound = opened.bound;
  const bool grown = bound.work.kind == PipelineWork::Kind::grow && bound.binding == Binding::bound;
  if (grown) tell_growth(session, bound);
  return std::move(opened.progress);
}

Result<void> rehearse_opening(Session& session, Connection& connection) {
  const auto opened = open_uncommitted(session, connection, OwnLease::of_instance);
  session.rollback();
  TRY(opened);
  return {};
}

}  // namespace tallymill::postgres
