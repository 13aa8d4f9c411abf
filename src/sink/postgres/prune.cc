#include "sink/postgres/prune.h"

namespace tallymill::postgres {
namespace {

constexpr std::int64_t bite = 2000;

std::string older_than(const std::string& column, std::chrono::seconds age) {
  return column + " < now() - interval '" + std::to_string(age.count()) + " seconds'";
}

std::string delete_sql(const std::string& table, const std::string& condition) {
  return "DELETE FROM " + table + " WHERE ctid = ANY (ARRAY(SELECT ctid FROM " + table + " WHERE " +
         condition + " LIMIT " + std::to_string(bite) + "))";
}

// A bite of each; every statement is a transaction of its own, so no lock is held for long.
Result<bool> run(Session& session, Connection& connection, const std::string& sql,
                 const Params& params) {
  TRY(session.begin(connection));
  TRY_ASSIGN(const QueryResult done, connection.query(sql, params, session.statement_timeout()));
  TRY(session.commit(connection));
  return done.changed() >= bite;
}

}  // namespace

Result<bool> prune(Session& session) {
  TRY_ASSIGN(Connection* const connection, session.connection());
  const PipelineSpec& pipeline = session.pipeline();
  Params name;
  name.text(pipeline.name);
  bool more = false;
  for (const AggregationSpec& aggregation : pipeline.aggregations) {
    const TablePlan& plan = aggregation.plan;
    if (!plan.retention || !aggregation.window) continue;
    TRY_ASSIGN(const bool left,
               run(session, *connection,
                   delete_sql(qualified(plan.schema, plan.table),
                              older_than(quoted(plan.key.front().name), *plan.retention)),
                   Params()));
    more = more || left;
  }
  const std::string own = "pipeline = $1 AND ";
  TRY_ASSIGN(const bool letters,
             run(session, *connection,
                 delete_sql(session.table("dead_letter"),
                            own + older_than("created_at", pipeline.dead_letters.retention)),
                 name));
  TRY_ASSIGN(const bool batches,
             run(session, *connection,
                 delete_sql(session.table("batch"),
                            own + older_than("committed_at", pipeline.ledger_retention)),
                 name));
  TRY_ASSIGN(const bool versions,
             run(session, *connection,
                 delete_sql(session.table("lookup_version"),
                            own + older_than("created_at", std::chrono::hours(1)) +
                                " AND NOT EXISTS (SELECT 1 FROM " + session.table("batch") +
                                " b WHERE b.pipeline = $1 AND b.lookups @> "
                                "jsonb_build_array(jsonb_build_object('lookup', lookup, "
                                "'content_hash', content_hash)))"),
                 name));
  return more || letters || batches || versions;
}

}  // namespace tallymill::postgres
