#include "sink/postgres/pipeline_row.h"

#include <utility>

#include "config/fingerprint.h"
#include "sink/postgres/replay_guard.h"

namespace tallymill::postgres {
namespace {

// Nothing was counted yet: what the former configuration left does not bind this one.
Result<void> begin_anew(const Session& session, Connection& connection) {
  const PipelineSpec& pipeline = session.pipeline();
  TRY(connection.query("UPDATE " + session.table("pipeline") +
                           " SET fingerprint = $2, spec = $3, partitions = 0, started = false WHERE pipeline = $1",
                       name_and_configuration(pipeline), session.statement_timeout()));
  for (const char* left : {"checkpoint", "aggregation"}) {
    TRY(connection.query("DELETE FROM " + session.table(left) + " WHERE pipeline = $1",
                         Params().text(pipeline.name), session.statement_timeout()));
  }
  return {};
}

// A batch that the former configuration has under way finds another fingerprint, and is dropped.
Result<void> grow(const Session& session, Connection& connection) {
  const PipelineSpec& pipeline = session.pipeline();
  // A shadow of the former configuration would take from the table what is new.
  TRY(check_no_replay(connection, session.table("pipeline"), pipeline.name,
                      session.statement_timeout()));
  TRY(connection.query("UPDATE " + session.table("pipeline") +
                           " SET fingerprint = $2, spec = $3 WHERE pipeline = $1",
                       name_and_configuration(pipeline), session.statement_timeout()));
  return {};
}

// A row that an older version made, or one that was made by hand.
Result<void> note_spec(const Session& session, Connection& connection) {
  TRY(connection.query("UPDATE " + session.table("pipeline") + " SET spec = $2 WHERE pipeline = $1",
                       Params().text(session.pipeline().name).text(canonical_text(session.pipeline())),
                       session.statement_timeout()));
  return {};
}

// Another one's batches would be dropped if our configuration came into force.
bool is_anothers(const StoredPipeline& stored, const Identity& we, OwnLease own) {
  if (stored.session.empty() || stored.session == we.session) return false;
  return own == OwnLease::of_session || stored.instance != we.instance;
}

}  // namespace

Params name_and_configuration(const PipelineSpec& pipeline) {
  Params params;
  params.text(pipeline.name).text(pipeline.fingerprint).text(canonical_text(pipeline));
  return params;
}

Result<BoundPipeline> ensure_pipeline(const Session& session, Connection& connection, OwnLease own) {
  const PipelineSpec& pipeline = session.pipeline();
  const std::string table = session.table("pipeline");
  if (pipeline.renamed_from) {
    TRY(connection.query("UPDATE " + table + " SET pipeline = $1 WHERE pipeline = $2 AND NOT EXISTS "
                         "(SELECT 1 FROM " + table + " WHERE pipeline = $1)",
                         Params().text(pipeline.name).text(*pipeline.renamed_from),
                         session.statement_timeout()));
  }
  TRY(connection.query("INSERT INTO " + table + " (pipeline, fingerprint, spec) VALUES ($1, $2, $3) "
                       "ON CONFLICT DO NOTHING",
                       name_and_configuration(pipeline), session.statement_timeout()));
  TRY_ASSIGN(const auto stored, read_pipeline(session, connection, pipeline.name, RowLock::yes));
  TRY_ASSIGN(PipelineWork work, find_pipeline_work(pipeline, stored));
  BoundPipeline bound{Binding::bound, std::move(work), stored->batches};
  if (bound.work.kind == PipelineWork::Kind::keep) {
    if (stored->counted.empty()) TRY(note_spec(session, connection));
    return bound;
  }
  if (is_anothers(*stored, session.identity(), own)) {
    bound.binding = Binding::waits;
    return bound;
  }
  TRY(bound.work.kind == PipelineWork::Kind::grow ? grow(session, connection)
                                                  : begin_anew(session, connection));
  return bound;
}

Result<void> check_configuration(const Session& session, Connection& connection) {
  TRY_ASSIGN(const auto stored,
             read_pipeline(session, connection, session.pipeline().name, RowLock::no));
  TRY(find_pipeline_work(session.pipeline(), stored));
  return {};
}

}  // namespace tallymill::postgres
