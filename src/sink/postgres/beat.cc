#include "sink/postgres/beat.h"

#include <chrono>
#include <utility>

#include "base/json_writer.h"
#include "sink/postgres/postgres_presence.h"
#include "sink/postgres/progress.h"

namespace tallymill::postgres {
namespace {

std::string rows_of(const std::vector<Beat>& beats) {
  JsonWriter json;
  json.begin_array();
  for (const Beat& beat : beats) {
    json.begin_object();
    json.key("pipeline").string(beat.pipeline);
    json.key("fingerprint").string(beat.fingerprint);
    json.key("session").string(beat.identity.session);
    json.key("instance").string(beat.identity.instance);
    json.key("version").string(beat.identity.version);
    json.key("revision").string(beat.identity.revision);
    json.key("state").string(beat.heartbeat.state);
    json.key("asks").boolean(beat.heartbeat.asks);
    json.key("counts").boolean(beat.heartbeat.counts);
    json.end_object();
  }
  json.end_array();
  return json.text();
}

// Asking is decided here, by what is stored now: a revision that counted before does not ask again,
// so each asks once and two never pass a pipeline to and fro; and one whose configuration would be
// refused does not ask.
std::string say_sql(const Transactions& transactions) {
  return "INSERT INTO " + transactions.table("instance") +
         " AS mine (pipeline, session, instance, version, revision, state, asks, counter) SELECT "
         "said.pipeline, said.session, said.instance, said.version, said.revision, said.state, said.asks "
         "AND EXISTS (SELECT 1 FROM " + transactions.table("pipeline") +
         " p WHERE p.pipeline = said.pipeline AND NOT said.revision = ANY (p.revisions) AND (p.fingerprint = "
         "said.fingerprint OR p.batch_sequence = 0)), said.counts::integer FROM json_to_recordset($1::json) "
         "AS said(pipeline text, fingerprint text, session text, instance text, version text, revision text, "
         "state text, asks boolean, counts boolean) "
         "ON CONFLICT (pipeline, session) DO UPDATE SET revision = EXCLUDED.revision, state = "
         "EXCLUDED.state, asks = EXCLUDED.asks, counter = mine.counter + EXCLUDED.counter, seen = now()";
}

std::string look_sql(const Transactions& transactions) {
  return "SELECT i.pipeline, i.instance, i.session, i.state, i.version, (extract(epoch FROM now() - i.seen) "
         "* 1000)::bigint, coalesce(p.lease_session = i.session, false), i.revision = said.revision, i.asks, "
         "i.seen < now() - " + remembered +
         ", CASE WHEN p.lease_session = said.session THEN p.batch_sequence END, " +
         orders_columns() + " FROM json_to_recordset($1::json) AS said(pipeline text, session text, "
         "revision text) JOIN " + transactions.table("instance") + " i USING (pipeline) LEFT JOIN " +
         transactions.table("pipeline") +
         " p USING (pipeline) ORDER BY pipeline, i.started_at, i.session";
}

// Two that do so at once leave each other's rows alone instead of waiting crosswise.
std::string forget_sql(const Transactions& transactions) {
  const std::string table = transactions.table("instance");
  return "DELETE FROM " + table + " WHERE (pipeline, session) IN (SELECT pipeline, session FROM " + table +
         " WHERE seen < now() - " + remembered + " FOR UPDATE SKIP LOCKED)";
}

// What a crash forgets is said again by the next beat, and forgotten a minute after the last.
Result<void> begin_lightly(const Transactions& transactions, Connection& connection) {
  TRY(transactions.begin(connection));
  return connection.send("SET LOCAL synchronous_commit = off", {}, transactions.statement_timeout());
}

struct Found {
  std::map<std::string, Surroundings> by_pipeline;
  bool any_gone = false;
};

Found read(const QueryResult& rows) {
  Found found;
  for (int i = 0; i < rows.rows(); ++i) {
    Surroundings& one = found.by_pipeline[rows.text(i, 0)];
    if (!rows.null(i, 10)) one.stands_at = rows.number(i, 10);
    one.orders = read_orders(rows, i, 11);
    if (rows.flag(i, 9)) {
      found.any_gone = true;
      continue;
    }
    one.peers.push_back({rows.text(i, 1), rows.text(i, 2), rows.text(i, 3), rows.text(i, 4),
                         std::chrono::milliseconds(rows.number(i, 5)), rows.flag(i, 6), rows.flag(i, 7),
                         rows.flag(i, 8)});
  }
  return found;
}

}  // namespace

Result<std::map<std::string, Surroundings>> exchange(Transactions& transactions,
                                                     const std::vector<Beat>& beats) {
  TRY_ASSIGN(Connection* const connection, transactions.connection());
  const Duration timeout = transactions.statement_timeout();
  TRY(begin_lightly(transactions, *connection));
  const Params said = Params().text(rows_of(beats));
  TRY(connection->send(say_sql(transactions), said, timeout));
  TRY_ASSIGN(const QueryResult rows, connection->query(look_sql(transactions), said, timeout));
  Found found = read(rows);
  if (found.any_gone) TRY(connection->query(forget_sql(transactions), Params(), timeout));
  TRY(transactions.commit(*connection));
  return std::move(found.by_pipeline);
}

Result<void> leave(Transactions& transactions, const Beat& last) {
  TRY_ASSIGN(Connection* const connection, transactions.connection());
  TRY(begin_lightly(transactions, *connection));
  TRY(connection->query("DELETE FROM " + transactions.table("instance") +
                            " WHERE pipeline = $1 AND session = $2",
                        Params().text(last.pipeline).text(last.identity.session),
                        transactions.statement_timeout()));
  return transactions.commit(*connection);
}

}  // namespace tallymill::postgres
