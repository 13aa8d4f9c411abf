#include "sink/postgres/reset.h"

#include "base/counted.h"
#include "sink/postgres/ownership.h"
#include "sink/postgres/pipeline_row.h"
#include "sink/postgres/progress.h"
#include "sink/postgres/replay_guard.h"
#include "sink/postgres/session.h"

namespace tallymill::postgres {
namespace {

class Reset {
 public:
  Reset(Session& session, Connection& connection, Truncate truncate, Rehearsal rehearsal)
      : session_(session), connection_(connection), truncate_(truncate), rehearsal_(rehearsal) {}

  Result<std::string> run(const std::vector<Checkpoint>& starts) {
    TRY(session_.begin(connection_));
    TRY(lock_row());
    TRY(check_no_replay(connection_, session_.table("pipeline"), session_.pipeline().name,
                        session_.statement_timeout()));
    for (const AggregationSpec& aggregation : session_.pipeline().aggregations) {
      TRY(empty(aggregation.plan));
    }
    for (const char* rows : {"checkpoint", "batch", "dead_letter", "gap", "aggregation"}) {
      TRY_ASSIGN(const QueryResult gone,
                 query("DELETE FROM " + session_.table(rows) + " WHERE pipeline = $1"));
      say(std::string(rows) + ": " + counted(gone.changed(), "row"), "deleted");
    }
    TRY(connection_.query("UPDATE " + session_.table("pipeline") +
                              " SET fingerprint = $2, spec = $3, batch_sequence = batch_sequence + 1, "
                              "partitions = 0, started = false, accept_gap = false, accept_topic = false, "
                              "orders_given = orders_given + 1 WHERE pipeline = $1",
                          name_and_configuration(session_.pipeline()), session_.statement_timeout()));
    for (const Checkpoint& start : starts) {
      say(start.where.str(), "counted from offset " + start.next_offset.str() + " on");
    }
    if (rehearsal_ == Rehearsal::yes) {
      session_.rollback();
      return text_;
    }
    TRY(ensure_tables(session_, connection_, nullptr));
    TRY(insert_checkpoints(session_, connection_, starts));
    TRY(session_.commit(connection_));
    return text_;
  }

 private:
  Result<void> lock_row() {
    TRY_ASSIGN(const QueryResult row, query("SELECT 1 FROM " + session_.table("pipeline") +
                                            " WHERE pipeline = $1 FOR UPDATE"));
    if (row.rows() == 1) return {};
    // Nothing was counted under this name, or its row is lost: its tables decide.
    TRY(connection_.query("INSERT INTO " + session_.table("pipeline") +
                              " (pipeline, fingerprint) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                          Params().text(session_.pipeline().name).text(session_.pipeline().fingerprint),
                          session_.statement_timeout()));
    return {};
  }

  // Sees to it that a table holds no row, or is not there.
  Result<void> empty(const TablePlan& plan) {
    const std::string table = qualified(plan.schema, plan.table);
    const std::string name = plan.schema + "." + plan.table;
    TRY_ASSIGN(const QueryResult found,
               connection_.query("SELECT a.pipeline FROM (SELECT to_regclass($1)::oid AS oid) t LEFT "
                                 "JOIN " + session_.table("aggregation") +
                                     " a ON a.table_oid = t.oid WHERE t.oid IS NOT NULL",
                                 Params().text(table), session_.statement_timeout()));
    if (found.rows() == 0) {
      say("table " + name, "made");
      return {};
    }
    if (!found.null(0, 0) && found.text(0, 0) != session_.pipeline().name) {
      return Error(Reaction::stop, "table_owned",
                   "table " + name + " belongs to pipeline " + found.text(0, 0) + "; name another one");
    }
    TRY_ASSIGN(const QueryResult rows,
               connection_.query("SELECT EXISTS (SELECT 1 FROM " + table + ")", Params(),
                                 session_.statement_timeout()));
    if (!rows.flag(0, 0)) return {};
    if (truncate_ == Truncate::no) {
      return Error(Reaction::stop, "table_not_empty",
                   "table " + name + " holds rows, and counting anew would add onto them; empty it, "
                   "or let --truncate do it. Nothing was changed");
    }
    say("table " + name, "emptied");
    if (rehearsal_ == Rehearsal::yes) return {};
    TRY(connection_.script("TRUNCATE " + table, session_.statement_timeout()));
    return {};
  }

  Result<QueryResult> query(const std::string& sql) {
    return connection_.query(sql, Params().text(session_.pipeline().name),
                             session_.statement_timeout());
  }

  void say(const std::string& what, const std::string& becomes) {
    text_ += what + ": " + (rehearsal_ == Rehearsal::yes ? "would be " : "") + becomes + "\n";
  }

  Session& session_;
  Connection& connection_;
  const Truncate truncate_;
  const Rehearsal rehearsal_;
  std::string text_;
};

}  // namespace

Result<std::string> reset_pipeline(const PostgresSpec& postgres, const PipelineSpec& pipeline,
                                   const std::vector<Checkpoint>& starts, Truncate truncate,
                                   Rehearsal rehearsal, const SecretResolver& secrets) {
  Session session(postgres, pipeline, Identity{}, secrets);
  TRY_ASSIGN(Connection* const connection, session.connection());
  return Reset(session, *connection, truncate, rehearsal).run(starts);
}

}  // namespace tallymill::postgres
