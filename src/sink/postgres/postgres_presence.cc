#include "sink/postgres/postgres_presence.h"

#include <utility>

#include "sink/postgres/session.h"

namespace tallymill {
namespace {

using postgres::Connection;
using postgres::Params;
using postgres::QueryResult;
using postgres::Session;

class PostgresPresence final : public Presence {
 public:
  PostgresPresence(PostgresSpec spec, const PipelineSpec& pipeline, postgres::Identity identity,
                   postgres::SecretResolver secrets)
      : session_(std::move(spec), pipeline, std::move(identity), std::move(secrets)) {}

  Result<std::vector<Peer>> beat(const Heartbeat& heartbeat) override {
    TRY_ASSIGN(Connection* const connection, session_.connection());
    auto peers = beat_on(*connection, heartbeat);
    if (peers.ok()) return peers;
    // The next beat looks for the primary anew.
    session_.disconnect();
    return peers.error().within("telling the other instances");
  }

  void leave() override {
    auto left = [this]() -> Result<void> {
      TRY_ASSIGN(Connection* const connection, session_.connection());
      TRY(session_.begin(*connection));
      TRY(connection->query("DELETE FROM " + table() + " WHERE pipeline = $1 AND session = $2",
                            own_session(), session_.statement_timeout()));
      return session_.commit(*connection);
    }();
    if (!left.ok()) session_.disconnect();
  }

 private:
  [[nodiscard]] std::string table() const { return session_.table("instance"); }
  [[nodiscard]] Params own_session() const {
    return Params().text(session_.pipeline().name).text(session_.identity().session);
  }

  Result<std::vector<Peer>> beat_on(Connection& connection, const Heartbeat& heartbeat) {
    TRY(session_.begin(connection));
    // A beat that a crash forgets is followed by another one.
    TRY(connection.send("SET LOCAL synchronous_commit = off", {}, session_.statement_timeout()));
    TRY(say(connection, heartbeat));
    TRY_ASSIGN(const QueryResult rows,
               connection.query(
                   "SELECT i.instance, i.session, i.state, i.version, (extract(epoch FROM now() - "
                   "i.seen) * 1000)::bigint, coalesce(p.lease_session = i.session, false), i.revision "
                   "= $2, i.asks, i.seen < now() - " + postgres::remembered + " FROM " + table() +
                       " i LEFT JOIN " + session_.table("pipeline") +
                       " p USING (pipeline) WHERE i.pipeline = $1 ORDER BY i.started_at, i.session",
                   Params().text(session_.pipeline().name).text(session_.identity().revision),
                   session_.statement_timeout()));
    std::vector<Peer> peers;
    bool any_gone = false;
    for (int i = 0; i < rows.rows(); ++i) {
      if (rows.flag(i, 8)) {
        any_gone = true;
        continue;
      }
      peers.push_back({rows.text(i, 0), rows.text(i, 1), rows.text(i, 2), rows.text(i, 3),
                       std::chrono::milliseconds(rows.number(i, 4)), rows.flag(i, 5),
                       rows.flag(i, 6), rows.flag(i, 7)});
    }
    if (any_gone) TRY(forget_the_gone(connection));
    TRY(session_.commit(connection));
    return peers;
  }

  // Asking is decided here, by what is stored now: a revision that counted before does not ask again,
  // so each asks once and two never pass a pipeline to and fro; and one whose configuration would be
  // refused does not ask.
  Result<void> say(Connection& connection, const Heartbeat& heartbeat) {
    const auto yes_or_no = [](bool value) { return value ? "true" : "false"; };
    const postgres::Identity& identity = session_.identity();
    const PipelineSpec& pipeline = session_.pipeline();
    TRY(connection.query(
        "INSERT INTO " + table() + " AS mine (pipeline, session, instance, state, version, revision, "
        "asks, counter) SELECT $1, $2, $3, $4, $5, $6, $7::boolean AND EXISTS (SELECT 1 FROM " +
            session_.table("pipeline") + " p WHERE p.pipeline = $1 AND NOT $6 = ANY (p.revisions) AND "
            "(p.fingerprint = $9 OR p.batch_sequence = 0)), $8::integer ON CONFLICT (pipeline, session) "
            "DO UPDATE SET state = EXCLUDED.state, asks = EXCLUDED.asks, counter = mine.counter + "
            "EXCLUDED.counter, seen = now()",
        Params()
            .text(pipeline.name)
            .text(identity.session)
            .text(identity.instance)
            .text(heartbeat.state)
            .text(identity.version)
            .text(identity.revision)
            .text(yes_or_no(heartbeat.asks))
            .number(heartbeat.counts ? 1 : 0)
            .text(pipeline.fingerprint),
        session_.statement_timeout()));
    return {};
  }

  // Two that do so at once leave each other's rows alone instead of waiting crosswise.
  Result<void> forget_the_gone(Connection& connection) {
    TRY(connection.query("DELETE FROM " + table() + " WHERE (pipeline, session) IN (SELECT pipeline, "
                         "session FROM " + table() + " WHERE seen < now() - " + postgres::remembered +
                             " FOR UPDATE SKIP LOCKED)",
                         Params(), session_.statement_timeout()));
    return {};
  }

  Session session_;
};

}  // namespace

std::unique_ptr<Presence> make_postgres_presence(PostgresSpec postgres, const PipelineSpec& pipeline,
                                                 postgres::Identity identity,
                                                 postgres::SecretResolver secrets) {
  return std::make_unique<PostgresPresence>(std::move(postgres), pipeline, std::move(identity),
                                            std::move(secrets));
}

}  // namespace tallymill
