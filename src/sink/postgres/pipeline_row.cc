#include "sink/postgres/pipeline_row.h"

#include "config/fingerprint.h"
#include "config/spec_difference.h"

namespace tallymill::postgres {
namespace {

Error config_changed(const PipelineSpec& pipeline, std::int64_t batches, const std::string& counted) {
  // A row that an older version made does not hold what was counted.
  const std::string shown =
      counted.empty() ? "" : ".\n" + difference(counted, canonical_text(pipeline)) + "Nothing was changed";
  return {Reaction::stop, "config_changed",
          "pipeline " + pipeline.name + ": the configuration changes what is counted, but " +
              std::to_string(batches) + " batches were counted with the former one" + shown +
              "; put the former one back, give the pipeline and its tables new names to count anew "
              "beside the old ones, or count anew in their place: tallymill reset"};
}

// Nothing was counted yet: what the former configuration left does not bind this one.
Result<void> begin_anew(const Session& session, Connection& connection) {
  const PipelineSpec& pipeline = session.pipeline();
  TRY(connection.query("UPDATE " + session.table("pipeline") +
                           " SET fingerprint = $2, spec = $3, partitions = 0 WHERE pipeline = $1",
                       name_and_configuration(pipeline), session.statement_timeout()));
  for (const char* left : {"checkpoint", "aggregation"}) {
    TRY(connection.query("DELETE FROM " + session.table(left) + " WHERE pipeline = $1",
                         Params().text(pipeline.name), session.statement_timeout()));
  }
  return {};
}

// A row that an older version made, or one that was made by hand.
Result<void> note_spec(const Session& session, Connection& connection) {
  TRY(connection.query("UPDATE " + session.table("pipeline") + " SET spec = $2 WHERE pipeline = $1",
                       Params().text(session.pipeline().name).text(canonical_text(session.pipeline())),
                       session.statement_timeout()));
  return {};
}

}  // namespace

Params name_and_configuration(const PipelineSpec& pipeline) {
  Params params;
  params.text(pipeline.name).text(pipeline.fingerprint).text(canonical_text(pipeline));
  return params;
}

Result<Binding> ensure_pipeline(const Session& session, Connection& connection) {
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
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT fingerprint, batch_sequence, spec, lease_session FROM " + table +
                                  " WHERE pipeline = $1 FOR UPDATE",
                              Params().text(pipeline.name), session.statement_timeout()));
  const std::string counted = rows.text(0, 2);
  if (rows.text(0, 0) == pipeline.fingerprint) {
    if (counted.empty()) TRY(note_spec(session, connection));
    return Binding::bound;
  }
  if (rows.number(0, 1) > 0) return config_changed(pipeline, rows.number(0, 1), counted);
  const std::string holder = rows.text(0, 3);
  if (!holder.empty() && holder != session.identity().session) return Binding::waits;
  TRY(begin_anew(session, connection));
  return Binding::bound;
}

Result<void> check_configuration(const Session& session, Connection& connection) {
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT fingerprint, batch_sequence, spec FROM " +
                                  session.table("pipeline") + " WHERE pipeline = $1",
                              Params().text(session.pipeline().name), session.statement_timeout()));
  if (rows.rows() == 0 || rows.number(0, 1) == 0) return {};
  if (rows.text(0, 0) == session.pipeline().fingerprint) return {};
  return config_changed(session.pipeline(), rows.number(0, 1), rows.text(0, 2));
}

}  // namespace tallymill::postgres
