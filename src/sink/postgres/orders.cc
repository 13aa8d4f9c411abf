#include "sink/postgres/orders.h"

#include "base/counted.h"
#include "sink/postgres/connection.h"
#include "sink/postgres/identifiers.h"
#include "sink/postgres/replay_guard.h"

namespace tallymill::postgres {
namespace {

// One transaction about one pipeline, which ends without effect unless it is told to commit.
class Order {
 public:
  static Result<Order> begin(const PostgresSpec& postgres, const std::string& pipeline,
                             const SecretResolver& secrets) {
    Order order(postgres, pipeline);
    TRY_ASSIGN(order.connection_, Connection::open(postgres, secrets));
    const std::string wait = std::to_string(postgres.lock_timeout.count());
    TRY(order.connection_->script("BEGIN; SET LOCAL lock_timeout = " + wait, order.timeout()));
    TRY_ASSIGN(const QueryResult row,
               order.query("SELECT wanted_state, lease_instance, lease_session <> '' AND heartbeat > "
                           "now() - interval '30 s' FROM " + order.table("pipeline") +
                           " WHERE pipeline = $1 FOR UPDATE"));
    if (row.rows() == 0) {
      return Error(Reaction::stop, "pipeline_missing",
                   "there is no pipeline " + pipeline + " in " + order.table("pipeline") +
                       "; the daemon makes it when it first runs");
    }
    order.paused_ = row.text(0, 0) == "paused";
    order.instance_ = row.text(0, 1);
    order.in_use_ = row.flag(0, 2);
    return order;
  }

  [[nodiscard]] bool paused() const { return paused_; }
  [[nodiscard]] bool in_use() const { return in_use_; }
  [[nodiscard]] const std::string& instance() const { return instance_; }
  [[nodiscard]] std::string table(std::string_view name) const {
    return qualified(postgres_.schema, name);
  }

  // With the pipeline's name as its first parameter.
  Result<QueryResult> query(const std::string& sql) {
    return connection_->query(sql, Params().text(pipeline_), timeout());
  }
  Result<QueryResult> run(const std::string& sql) { return connection_->script(sql, timeout()); }
  Result<QueryResult> set(const std::string& columns) {
    return query("UPDATE " + table("pipeline") + " SET orders_given = orders_given + 1, " + columns +
                 " WHERE pipeline = $1");
  }
  Result<void> check_no_replay() {
    return postgres::check_no_replay(*connection_, table("pipeline"), pipeline_, timeout());
  }
  Result<void> end(Rehearsal rehearsal) {
    const bool keep = rehearsal == Rehearsal::no;
    TRY_ASSIGN(const QueryResult done,
               connection_->script(keep ? "COMMIT" : "ROLLBACK", postgres_.commit_timeout));
    if (!keep || done.tag() == "COMMIT") return {};
    return Error(Reaction::retry, "40000", "the transaction was rolled back; try again");
  }

 private:
  Order(const PostgresSpec& postgres, std::string pipeline)
      : postgres_(postgres), pipeline_(std::move(pipeline)) {}
  [[nodiscard]] Duration timeout() const { return postgres_.statement_timeout; }

  PostgresSpec postgres_;
  std::string pipeline_;
  std::unique_ptr<Connection> connection_;
  bool paused_ = false;
  bool in_use_ = false;
  std::string instance_;
};

std::string tense(Rehearsal rehearsal) { return rehearsal == Rehearsal::yes ? "would be " : ""; }

}  // namespace

Result<std::string> pause_pipeline(const PostgresSpec& postgres, const std::string& pipeline,
                                   Rehearsal rehearsal, const SecretResolver& secrets) {
  TRY_ASSIGN(Order order, Order::begin(postgres, pipeline, secrets));
  if (order.paused()) return "pipeline " + pipeline + " is paused already\n";
  TRY(order.set("wanted_state = 'paused'"));
  TRY(order.end(rehearsal));
  return "pipeline " + pipeline + ": " + tense(rehearsal) +
         "paused after the batch that is open; tallymill resume lets it go on\n";
}

Result<std::string> resume_pipeline(const PostgresSpec& postgres, const std::string& pipeline,
                                    Acceptance acceptance, Rehearsal rehearsal,
                                    const SecretResolver& secrets) {
  TRY_ASSIGN(Order order, Order::begin(postgres, pipeline, secrets));
  const auto word = [](bool value) { return std::string(value ? "true" : "false"); };
  TRY(order.set("wanted_state = 'running', accept_gap = " + word(acceptance.gap) +
                ", accept_topic = " + word(acceptance.topic)));
  TRY(order.end(rehearsal));
  std::string text = "pipeline " + pipeline + ": " + tense(rehearsal) + "let go on\n";
  if (acceptance.gap) {
    text += "records that are gone: " + tense(rehearsal) + "passed over once, and recorded as a gap\n";
  }
  if (acceptance.topic) {
    text += "a topic made anew: " + tense(rehearsal) + "read from its start, and recorded as a gap\n";
  }
  return text;
}

Result<std::string> drop_pipeline(const PostgresSpec& postgres, const std::string& pipeline,
                                  DropTables tables, Rehearsal rehearsal,
                                  const SecretResolver& secrets) {
  TRY_ASSIGN(Order order, Order::begin(postgres, pipeline, secrets));
  if (order.in_use()) {
    return Error(Reaction::stop, "pipeline_in_use",
                 "instance " + order.instance() + " runs pipeline " + pipeline +
                     "; pause the pipeline, or stop that instance, first");
  }
  TRY(order.check_no_replay());
  TRY_ASSIGN(const QueryResult owned,
             order.query("SELECT format('%I.%I', s.nspname, c.relname) FROM " +
                         order.table("aggregation") +
                         " a JOIN pg_class c ON c.oid = a.table_oid JOIN pg_namespace s ON s.oid = "
                         "c.relnamespace WHERE a.pipeline = $1 ORDER BY 1"));
  std::string text;
  for (int i = 0; i < owned.rows(); ++i) {
    const std::string table = owned.text(i, 0);
    if (tables == DropTables::no) {
      text += "table " + table + ": left as it is, with its rows, owned by nobody\n";
      continue;
    }
    if (rehearsal == Rehearsal::no) TRY(order.run("DROP TABLE " + table));
    text += "table " + table + ": " + tense(rehearsal) + "dropped\n";
  }
  for (const char* rows : {"checkpoint", "batch", "dead_letter", "gap", "lookup_version",
                           "instance", "aggregation", "pipeline"}) {
    TRY_ASSIGN(const QueryResult gone,
               order.query("DELETE FROM " + order.table(rows) + " WHERE pipeline = $1"));
    text += std::string(rows) + ": " + counted(gone.changed(), "row") + " " + tense(rehearsal) + "deleted\n";
  }
  TRY(order.end(rehearsal));
  return text;
}

}  // namespace tallymill::postgres
