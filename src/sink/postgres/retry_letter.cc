#include "sink/postgres/retry_letter.h"

#include "sink/postgres/ledger_row.h"
#include "sink/postgres/records.h"
#include "sink/postgres/replay_guard.h"
#include "sink/postgres/sqlstate.h"
#include "sink/postgres/write_rows.h"

namespace tallymill::postgres {
namespace {

// Locks the pipeline's row and takes the next number of its sequence. The lease is not asked for:
// it says who follows the topic, and no position moves here.
Result<std::int64_t> take_number(const Session& session, Connection& connection,
                                 const std::string& fingerprint) {
  TRY_ASSIGN(const QueryResult row,
             connection.query("UPDATE " + session.table("pipeline") +
                                  " SET batch_sequence = batch_sequence + 1 WHERE pipeline = $1 "
                                  "RETURNING batch_sequence, fingerprint",
                              Params().text(session.pipeline().name), session.statement_timeout()));
  if (row.rows() == 0) {
    return Error(Reaction::stop, "pipeline_missing",
                 "there is no pipeline " + session.pipeline().name + " in " +
                     session.table("pipeline"));
  }
  TRY(check_no_replay(connection, session.table("pipeline"), session.pipeline().name,
                      session.statement_timeout()));
  if (row.text(0, 1) == fingerprint) return row.number(0, 0);
  return Error(Reaction::stop, "config_changed",
               "pipeline " + session.pipeline().name +
                   " counts with another configuration than this one; retry with that one");
}

// Returns false if the letter is not there any more, or another one has its place.
Result<bool> remove(const Session& session, Connection& connection, const StoredLetter& stored) {
  const DeadLetter& letter = stored.letter;
  TRY_ASSIGN(const QueryResult gone,
             connection.query("DELETE FROM " + session.table("dead_letter") +
                                  " WHERE pipeline = $1 AND topic_id = $2 AND partition = $3::bigint "
                                  "AND \"offset\" = $4::numeric AND aggregation = $5 AND "
                                  "batch_sequence = $6::bigint",
                              Params()
                                  .text(session.pipeline().name)
                                  .text(letter.topic_id)
                                  .number(letter.where.partition.value())
                                  .text(letter.offset.str())
                                  .text(letter.aggregation)
                                  .number(stored.batch_sequence),
                              session.statement_timeout()));
  return gone.changed() == 1;
}

Result<void> write(const Session& session, Connection& connection, const Batch& batch) {
  Statements statements(connection, session.statement_timeout());
  LookupVersions lookups(session, batch);
  const auto send = [&]() -> Result<void> {
    TRY(write_rows(session, statements, batch));
    statements.enter({Place::Step::letters, 0, ""});
    TRY(insert_dead_letters(session, statements, batch));
    TRY(lookups.ask(statements));
    return insert_ledger_row(session, statements, batch);
  };
  TRY(statements.finish(send()));
  return statements.finish(lookups.write(statements));
}

// Whether it is this record's rows that Postgres does not take.
bool is_refusal(const Error& error) {
  if (error.code() == refused_merge_code) return true;
  return error.code().size() == 5 && classify(error.code()) == SqlstateClass::data;
}

Result<RetryResult> try_retry(Session& session, Connection& connection, const StoredLetter& letter,
                              Batch& batch) {
  TRY(session.begin(connection));
  TRY_ASSIGN(batch.sequence, take_number(session, connection, batch.fingerprint));
  TRY_ASSIGN(const bool removed, remove(session, connection, letter));
  if (!removed) {
    session.rollback();
    return RetryResult{RetryResult::Kind::gone};
  }
  auto written = write(session, connection, batch);
  if (written.ok()) written = session.commit(connection);
  if (written.ok()) return RetryResult{};
  if (!is_refusal(written.error())) return written.error();
  session.rollback();
  return RetryResult{RetryResult::Kind::refused, written.error()};
}

}  // namespace

Result<RetryResult> retry_letter(Session& session, const StoredLetter& letter, Batch batch) {
  TRY_ASSIGN(Connection* const connection, session.connection());
  auto result = try_retry(session, *connection, letter, batch);
  if (result.ok()) return result;
  session.rollback();
  return result.error().within("counting " + letter.letter.where.str() + " offset " +
                               letter.letter.offset.str());
}

}  // namespace tallymill::postgres
