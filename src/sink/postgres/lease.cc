#include "sink/postgres/lease.h"

#include "sink/postgres/pipeline_row.h"

namespace tallymill::postgres {
namespace {

Params own_session(const Session& session) {
  return Params().text(session.pipeline().name).text(session.identity().session);
}

Result<bool> update(const Session& session, Connection& connection, const std::string& sql,
                    const Params& params) {
  TRY_ASSIGN(const QueryResult done,
             connection.query("UPDATE " + session.table("pipeline") + sql, params,
                              session.statement_timeout()));
  return done.changed() == 1;
}

}  // namespace

Result<bool> take_lease(const Session& session, Connection& connection, const Lease& seen) {
  // More revisions than anybody remembers are kept, so that none of them asks for the pipeline again.
  return update(session, connection,
                " SET lease_instance = $2, lease_session = $3, lease_counter = lease_counter + "
                "(lease_session <> $3)::integer, heartbeat = now(), revisions = CASE WHEN $6 = ANY "
                "(revisions) THEN revisions ELSE (revisions || $6::text)[greatest(1, "
                "cardinality(revisions) - 98):] END WHERE pipeline = $1 AND lease_session = $4 AND lease_counter = $5::bigint",
                Params()
                    .text(session.pipeline().name)
                    .text(session.identity().instance)
                    .text(session.identity().session)
                    .text(seen.session)
                    .number(seen.counter)
                    .text(session.identity().revision));
}

Result<std::optional<std::int64_t>> renew_lease(const Session& session, Connection& connection) {
  TRY_ASSIGN(const QueryResult rows,
             connection.query("UPDATE " + session.table("pipeline") +
                                  " SET lease_counter = lease_counter + 1, heartbeat = now() WHERE "
                                  "pipeline = $1 AND lease_session = $2 RETURNING batch_sequence",
                              own_session(session), session.statement_timeout()));
  if (rows.rows() == 0) return std::optional<std::int64_t>();
  return std::optional(rows.number(0, 0));
}

Result<bool> pass_lease(const Session& session, Connection& connection, const Lease& successor) {
  return update(session, connection,
                " SET lease_instance = $3, lease_session = $4, lease_counter = lease_counter + 1, "
                "heartbeat = now() WHERE pipeline = $1 AND lease_session = $2",
                own_session(session).text(successor.instance).text(successor.session));
}

Result<bool> release_lease(const Session& session, Connection& connection) {
  return update(session, connection,
                " SET lease_session = '', lease_counter = lease_counter + 1 WHERE pipeline = $1 AND "
                "lease_session = $2",
                own_session(session));
}

Result<Lease> observe_lease(const Session& session, Connection& connection) {
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT p.lease_instance, p.lease_session, p.lease_counter, "
                              "coalesce(i.counter, 0), p.fingerprint <> $2 AND p.batch_sequence > 0 "
                              "FROM " + session.table("pipeline") + " p LEFT JOIN " +
                                  session.table("instance") +
                                  " i ON i.pipeline = p.pipeline AND i.session = p.lease_session "
                                  "WHERE p.pipeline = $1",
                              Params()
                                  .text(session.pipeline().name)
                                  .text(session.pipeline().fingerprint),
                              session.statement_timeout()));
  if (rows.rows() == 0) {
    return Error(Reaction::stop, "pipeline_missing",
                 "pipeline " + session.pipeline().name + " was dropped");
  }
  if (rows.flag(0, 4)) TRY(check_configuration(session, connection));
  return Lease{rows.text(0, 0), rows.text(0, 1), rows.number(0, 2), rows.number(0, 3)};
}

Result<std::int64_t> beats_of(const Session& session, Connection& connection,
                              const std::string& holder) {
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT counter FROM " + session.table("instance") +
                                  " WHERE pipeline = $1 AND session = $2",
                              Params().text(session.pipeline().name).text(holder),
                              session.statement_timeout()));
  return rows.rows() == 0 ? 0 : rows.number(0, 0);
}

}  // namespace tallymill::postgres
