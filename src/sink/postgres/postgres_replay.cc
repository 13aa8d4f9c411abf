#include "sink/postgres/postgres_replay.h"

#include <algorithm>
#include <utility>

#include "sink/postgres/progress.h"
#include "sink/postgres/session.h"
#include "sink/postgres/target_table.h"

namespace tallymill {
namespace {

using postgres::Connection;
using postgres::Params;
using postgres::qualified;
using postgres::QueryResult;
using postgres::quoted;
using postgres::Session;

// One exchange moves all rows of a table.
constexpr Duration exchange_timeout = std::chrono::minutes(30);
constexpr Duration seconds_for_little = std::chrono::seconds(10);

class PostgresReplay final : public ReplayStore {
 public:
  PostgresReplay(PostgresSpec postgres, const PipelineSpec& live, const PipelineSpec& shadow,
                 std::optional<Timestamp> from, postgres::SecretResolver secrets)
      : live_(live),
        shadow_(shadow),
        from_(from),
        session_(unhurried(std::move(postgres)), live, {}, std::move(secrets)) {}

  Result<LiveStanding> look() override {
    TRY_ASSIGN(LiveStanding standing, hold());
    let_go();
    return standing;
  }

  Result<LiveStanding> hold() override {
    TRY_ASSIGN(held_, session_.connection());
    auto standing = lock_and_read(*held_);
    if (standing.ok()) return standing;
    let_go();
    return standing.error().within("looking at pipeline " + live_.name);
  }

  void let_go() override {
    held_ = nullptr;
    session_.rollback();
  }

  Result<std::int64_t> exchange() override {
    // On another connection than the one that holds the row nothing would hold the daemon back.
    if (held_ == nullptr || !held_->still_there()) {
      return Error(Reaction::retry, "replay_behind",
                   "the hold on the pipeline was lost; run the same command again");
    }
    auto rows = try_exchange(*held_);
    let_go();
    if (rows.ok()) return rows;
    return rows.error().within("exchanging table " + plan().schema + "." + plan().table);
  }

 private:
  static PostgresSpec unhurried(PostgresSpec postgres) {
    postgres.statement_timeout = std::chrono::duration_cast<std::chrono::milliseconds>(exchange_timeout);
    return postgres;
  }

  Result<LiveStanding> lock_and_read(Connection& connection) {
    TRY(session_.begin(connection));
    // The shadow counts the rest meanwhile, on its own connection.
    TRY(connection.script("SET LOCAL idle_in_transaction_session_timeout = '60s'", seconds_for_little));
    TRY_ASSIGN(Progress progress, postgres::read_progress(session_, connection));
    if (progress.fingerprint != live_.fingerprint) {
      return Error(Reaction::stop, "config_changed",
                   "pipeline " + live_.name +
                       " counts with another configuration than this one; replay with that one");
    }
    LiveStanding standing;
    standing.checkpoints = std::move(progress.checkpoints);
    // One that came later is counted from where the pipeline began, too: the first aggregation knows. A topic
    // that was made anew since has another id there.
    const std::string start = "(topic text, partition bigint, topic_id text, \"offset\" numeric)";
    TRY_ASSIGN(const QueryResult began,
               query(connection,
                     "SELECT DISTINCT ON (x.topic, x.partition) x.topic, x.partition, x.topic_id, x.\"offset\" "
                     "FROM " + session_.table("aggregation") + " a, jsonb_to_recordset(a.counts_since) AS x" +
                         start + " WHERE a.pipeline = $1 ORDER BY x.topic, x.partition, a.created_at, x.\"offset\"",
                     Params().text(live_.name)));
    for (int i = 0; i < began.rows(); ++i) {
      standing.counts_since.push_back({{began.text(i, 0), Partition(began.number(i, 1))},
                                       began.text(i, 2),
                                       Offset(parse_int128(began.text(i, 3)).value_or(0)),
                                       LeaderEpoch(), std::nullopt});
    }
    TRY_ASSIGN(const QueryResult letters,
               query(connection,
                     "SELECT d.topic, d.partition, d.\"offset\" FROM " + session_.table("dead_letter") +
                         " d JOIN " + session_.table("checkpoint") +
                         " c USING (pipeline, topic, partition, topic_id) WHERE d.pipeline = $1 AND "
                         "d.aggregation = ''",
                     Params().text(live_.name)));
    for (int i = 0; i < letters.rows(); ++i) {
      standing.rejected.insert({{letters.text(i, 0), Partition(letters.number(i, 1))},
                                Offset(parse_int128(letters.text(i, 2)).value_or(0))});
    }
    TRY_ASSIGN(const QueryResult cut,
               query(connection,
                     "SELECT EXISTS (SELECT 1 FROM " + session_.table("gap") + " JOIN " +
                         session_.table("checkpoint") + " USING (pipeline, topic, partition, topic_id) "
                         "WHERE pipeline = $1 AND cause = 'truncated')",
                     Params().text(live_.name)));
    standing.was_cut = cut.flag(0, 0);
    return standing;
  }

  Result<std::int64_t> try_exchange(Connection& connection) {
    TRY(check_standing(connection));
    TRY(check_letters(connection));
    const std::string windows =
        from_ ? " WHERE " + quoted(plan().key.front().name) + " >= " +
                    postgres::literal(to_string(*from_)) + "::timestamptz"
              : std::string();
    TRY(query(connection, "DELETE FROM " + table(plan()) + windows, Params()));
    const std::string columns = all_columns();
    TRY_ASSIGN(const QueryResult moved,
               query(connection,
                     "INSERT INTO " + table(plan()) + " (" + columns + ") SELECT " + columns +
                         " FROM " + table(shadow_plan()) + windows,
                     Params()));
    TRY(move_letters(connection));
    if (!from_) TRY(note_start(connection));
    TRY(forget_shadow(connection));
    TRY(session_.commit(connection));
    return moved.changed();
  }

  // The shadow has counted exactly what the live pipeline has.
  Result<void> check_standing(Connection& connection) {
    TRY_ASSIGN(const QueryResult apart,
               query(connection,
                     "SELECT l.topic, l.partition FROM (SELECT * FROM " + session_.table("checkpoint") +
                         " WHERE pipeline = $1) l LEFT JOIN (SELECT * FROM " +
                         session_.table("checkpoint") +
                         " WHERE pipeline = $2) s USING (topic, partition) WHERE l.topic_id IS "
                         "DISTINCT FROM s.topic_id OR l.next_offset IS DISTINCT FROM s.next_offset",
                     Params().text(live_.name).text(shadow_.name)));
    if (apart.rows() == 0) return {};
    return Error(Reaction::retry, "replay_behind",
                 "the shadow does not stand where the pipeline stands; run the same command again");
  }

  // Records that the table counts and that would be rejected now. From the start on each becomes a
  // dead letter of this aggregation; but of a part of the windows nobody can tell which part it is in.
  Result<void> check_letters(Connection& connection) {
    if (!from_) return {};
    TRY_ASSIGN(const QueryResult fresh,
               query(connection, "SELECT count(*) FROM " + fresh_letters(), letter_params()));
    if (fresh.number(0, 0) == 0) return {};
    return Error(Reaction::stop, "replay_impossible",
                 std::to_string(fresh.number(0, 0)) +
                     " records that the table counts would be rejected now, as a lookup changed; "
                     "rebuild it from the start, or put the lookup back");
  }

  // Letters of the shadow that the live pipeline does not have.
  [[nodiscard]] std::string fresh_letters() const {
    const std::string letters = session_.table("dead_letter");
    return letters + " s WHERE s.pipeline = $2 AND NOT EXISTS (SELECT 1 FROM " + letters +
           " l WHERE l.pipeline = $1 AND l.topic_id = s.topic_id AND l.partition = s.partition AND "
           "l.\"offset\" = s.\"offset\" AND l.aggregation IN ('', $3))";
  }
  [[nodiscard]] Params letter_params() const {
    return Params().text(live_.name).text(shadow_.name).text(aggregation().name);
  }

  Result<void> move_letters(Connection& connection) {
    TRY(query(connection,
              "INSERT INTO " + session_.table("dead_letter") +
                  " (pipeline, topic_id, topic, partition, \"offset\", aggregation, reason, message, "
                  "record_time, key, value, headers, truncated, batch_sequence) SELECT $1, s.topic_id, "
                  "s.topic, s.partition, s.\"offset\", $3, s.reason, s.message, s.record_time, s.key, "
                  "s.value, s.headers, s.truncated, (SELECT batch_sequence FROM " +
                  session_.table("pipeline") + " WHERE pipeline = $1) FROM " + fresh_letters(),
              letter_params()));
    return {};
  }

  Result<void> note_start(Connection& connection) {
    TRY(query(connection,
              "UPDATE " + session_.table("aggregation") + " l SET counts_since = s.counts_since FROM " +
                  session_.table("aggregation") + " s WHERE l.pipeline = $1 AND s.pipeline = $2 AND "
                  "l.aggregation = $3 AND s.aggregation = $3",
              letter_params()));
    return {};
  }

  Result<void> forget_shadow(Connection& connection) {
    for (const char* rows : {"checkpoint", "batch", "dead_letter", "gap", "lookup_version",
                             "aggregation", "instance", "pipeline"}) {
      TRY(query(connection, "DELETE FROM " + session_.table(rows) + " WHERE pipeline = $1",
                Params().text(shadow_.name)));
    }
    // Where a DBA makes the tables, the role that counts cannot drop them.
    const bool own = session_.postgres().ddl == DdlPolicy::apply;
    TRY(connection.script((own ? "DROP TABLE " : "DELETE FROM ") + table(shadow_plan()),
                          session_.statement_timeout()));
    return {};
  }

  [[nodiscard]] std::string all_columns() const {
    std::string columns;
    const auto add = [&columns](const std::string& name) {
      columns += (columns.empty() ? "" : ", ") + quoted(name);
    };
    if (plan().key.empty()) add(postgres::only_row_column);
    for (const KeyColumn& key : plan().key) add(key.name);
    for (const PartColumn& part : plan().parts) add(part.name);
    return columns;
  }

  Result<QueryResult> query(Connection& connection, const std::string& sql, const Params& params) {
    return connection.query(sql, params, session_.statement_timeout());
  }
  [[nodiscard]] const AggregationSpec& aggregation() const {
    const std::string& name = shadow_.aggregations.front().name;
    return *std::find_if(live_.aggregations.begin(), live_.aggregations.end(),
                         [&](const AggregationSpec& one) { return one.name == name; });
  }
  [[nodiscard]] const TablePlan& plan() const { return aggregation().plan; }
  [[nodiscard]] const TablePlan& shadow_plan() const { return shadow_.aggregations.front().plan; }
  static std::string table(const TablePlan& plan) { return qualified(plan.schema, plan.table); }

  const PipelineSpec& live_;
  const PipelineSpec& shadow_;
  const std::optional<Timestamp> from_;
  Session session_;
  Connection* held_ = nullptr;  // The session's, while its transaction holds the live row.
};

}  // namespace

std::unique_ptr<ReplayStore> make_postgres_replay(PostgresSpec postgres, const PipelineSpec& live,
                                                  const PipelineSpec& shadow,
                                                  std::optional<Timestamp> from,
                                                  postgres::SecretResolver secrets) {
  return std::make_unique<PostgresReplay>(std::move(postgres), live, shadow, from,
                                          std::move(secrets));
}

}  // namespace tallymill
