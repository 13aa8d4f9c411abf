#include "sink/postgres/prune.h"

namespace tallymill::postgres {
namespace {

constexpr std::int64_t bite = 2000;

std::string older_than(const std::string& column, std::chrono::seconds age) {
  return column + " < now() - interval '" + std::to_string(age.count()) + " seconds'";
}

std::string delete_sql(const std::string& table, const std::string& chosen) {
  return "DELETE FROM " + table + " WHERE ctid = ANY (ARRAY(SELECT ctid FROM " + chosen + "))";
}

std::string bite_of(const std::string& table, const std::string& condition,
                    const std::string& order) {
  return table + " WHERE " + condition + " ORDER BY " + order + " LIMIT " + std::to_string(bite);
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
    const std::string window = quoted(plan.key.front().name);
    const std::string table = qualified(plan.schema, plan.table);
    const std::string old = older_than(window, *plan.retention);
    // Said twice, because two partitions of a table may have rows of one ctid.
    TRY_ASSIGN(const bool left,
               run(session, *connection,
                   delete_sql(table, bite_of(table, old, window)) + " AND " + old, Params()));
    more = more || left;
  }
  const std::string own = "pipeline = $1";
  TRY_ASSIGN(const bool letters,
             run(session, *connection,
                 delete_sql(session.table("dead_letter"),
                            bite_of(session.table("dead_letter"),
                                    own + " AND " +
                                        older_than("created_at", pipeline.dead_letters.retention),
                                    "created_at")),
                 name));
  // The oldest rows first, by the primary key: a filter on the time alone would read the whole
  // ledger. The last batch is kept however old it is: it tells what became of a COMMIT.
  TRY_ASSIGN(const bool batches,
             run(session, *connection,
                 delete_sql(session.table("batch"),
                            "(SELECT ctid, committed_at, sequence FROM " +
                                bite_of(session.table("batch"), own, "sequence") + ") oldest WHERE " +
                                older_than("committed_at", pipeline.ledger_retention) +
                                " AND sequence < (SELECT batch_sequence FROM " +
                                session.table("pipeline") + " WHERE " + own + ")"),
                 name));
  // A version's last use is noted once an hour, so a ledger row may name it that was written up to
  // an hour later. It goes once the oldest row that is left is younger than that.
  const std::string oldest_row = "SELECT committed_at FROM " + session.table("batch") + " WHERE " +
                                 own + " ORDER BY sequence LIMIT 1";
  TRY_ASSIGN(const bool versions,
             run(session, *connection,
                 delete_sql(session.table("lookup_version"),
                            bite_of(session.table("lookup_version"),
                                    own + " AND " +
                                        older_than("last_used", pipeline.ledger_retention +
                                                                    std::chrono::hours(2)) +
                                        " AND last_used + interval '1 hour' < coalesce((" +
                                        oldest_row + "), 'infinity')",
                                    "last_used")),
                 name));
  return more || letters || batches || versions;
}

}  // namespace tallymill::postgres
