#include "sink/postgres/commit.h"

#include "sink/postgres/encode.h"
#include "sink/postgres/progress.h"
#include "sink/postgres/records.h"
#include "sink/postgres/sqlstate.h"
#include "sink/postgres/write_rows.h"

namespace tallymill::postgres {
namespace {

constexpr const char* conflict_code = "conflict";
constexpr const char* merge_code = "refused_merge";

Error conflict(std::string why) { return {Reaction::reassign, conflict_code, std::move(why)}; }

// Locks the pipeline's row and moves its sequence and lease on.
Result<void> advance_pipeline(const Session& session, Connection& connection, const Batch& batch) {
  TRY_ASSIGN(const QueryResult done,
             connection.query("UPDATE " + session.table("pipeline") +
                                  " SET batch_sequence = $2::bigint, lease_counter = lease_counter "
                                  "+ 1, heartbeat = now() WHERE pipeline = $1 AND batch_sequence = "
                                  "$2::bigint - 1 AND fingerprint = $3 AND lease_session = $4",
                              Params()
                                  .text(session.pipeline().name)
                                  .number(batch.sequence)
                                  .text(batch.fingerprint)
                                  .text(session.identity().session),
                              session.statement_timeout()));
  if (done.changed() == 1) return {};
  return conflict("the pipeline's row is not as expected");
}

// Compare and set: each row must stand exactly where this batch starts. Locked in order first, so
// that two writers meet at the first row and not crosswise.
Result<void> advance_checkpoints(const Session& session, Connection& connection,
                                 const Batch& batch) {
  ArrayEncoder topic(SqlType::text), partition(SqlType::bigint), expected_id(SqlType::text),
      from(SqlType::numeric), id(SqlType::text), to(SqlType::numeric), epoch(SqlType::bigint),
      anchor_offset(SqlType::numeric), anchor_time(SqlType::timestamptz),
      anchor_hash(SqlType::bigint);
  for (const BatchRange& range : batch.ranges) {
    topic.add_text(range.where.topic);
    TRY(partition.add(Value::of(range.where.partition.value())));
    expected_id.add_text(range.replaces_topic_id.value_or(range.topic_id));
    TRY(from.add(Value::of(Decimal(range.from.value(), 0))));
    id.add_text(range.topic_id);
    TRY(to.add(Value::of(Decimal(range.to.value(), 0))));
    TRY(epoch.add(Value::of(std::int64_t{range.leader_epoch.value()})));
    if (range.anchor) {
      TRY(anchor_offset.add(Value::of(Decimal(range.anchor->offset.value(), 0))));
      TRY(anchor_time.add(Value::of(range.anchor->timestamp)));
      TRY(anchor_hash.add(Value::of(static_cast<std::int64_t>(range.anchor->hash))));
    } else {
      for (ArrayEncoder* column : {&anchor_offset, &anchor_time, &anchor_hash}) column->add_null();
    }
  }
  TRY(connection.query("SELECT 1 FROM " + session.table("checkpoint") +
                           " WHERE pipeline = $1 ORDER BY topic, partition FOR UPDATE",
                       Params().text(session.pipeline().name), session.statement_timeout()));
  Params params;
  params.text(session.pipeline().name);
  for (ArrayEncoder* column : {&topic, &partition, &expected_id, &from, &id, &to, &epoch,
                               &anchor_offset, &anchor_time, &anchor_hash}) {
    const Oid type = column->array_oid();
    params.binary(type, column->take());
  }
  TRY_ASSIGN(
      const QueryResult done,
      connection.query(
          "UPDATE " + session.table("checkpoint") +
              " c SET topic_id = x.id, next_offset = x.next, leader_epoch = x.epoch, anchor_offset "
              "= x.ao, anchor_time = x.at, anchor_hash = x.ah FROM unnest($2::text[], $3::bigint[], "
              "$4::text[], $5::numeric[], $6::text[], $7::numeric[], $8::bigint[], $9::numeric[], "
              "$10::timestamptz[], $11::bigint[]) AS x(topic, partition, expected_id, start, id, "
              "next, epoch, ao, at, ah) WHERE c.pipeline = $1 AND c.topic = x.topic AND c.partition "
              "= x.partition AND c.topic_id = x.expected_id AND c.next_offset = x.start",
          params, session.statement_timeout()));
  if (done.changed() == static_cast<std::int64_t>(batch.ranges.size())) return {};
  return conflict("a checkpoint is not where this batch starts");
}

Result<std::int64_t> write_batch(const Session& session, Connection& connection,
                                 const Batch& batch) {
  TRY(advance_pipeline(session, connection, batch));
  TRY(advance_checkpoints(session, connection, batch));
  std::int64_t rows_written = 0;
  for (std::size_t i = 0; i < batch.rows.size(); ++i) {
    const TablePlan& plan = session.pipeline().aggregations[i].plan;
    auto written = write_rows(session, connection, plan, *batch.rows[i]);
    // What does not fit its column by itself is refused before it is sent; so an overflow that the
    // server reports is one of merging with the stored row.
    if (!written.ok() && written.error().code() == "22003" &&
        written.error().reaction() == Reaction::retry) {
      return Error(Reaction::stop, merge_code,
                   written.error().message() +
                       ": adding this batch to what is stored overflows a column of " +
                       plan.schema + "." + plan.table);
    }
    if (!written.ok()) return written.error();
    rows_written += *written;
  }
  TRY(insert_dead_letters(session, connection, batch));
  TRY(insert_gaps(session, connection, batch));
  if (batch.did_something()) TRY(insert_lookup_versions(session, connection, batch));
  TRY(insert_ledger_row(session, connection, batch, rows_written));
  return rows_written;
}

CommitResult::Kind kind_of(const Error& error) {
  if (error.code() == conflict_code) return CommitResult::Kind::conflict;
  if (error.code() == merge_code) return CommitResult::Kind::refused_merge;
  const bool has_sqlstate = error.code().size() == 5;
  switch (classify(has_sqlstate ? error.code() : "")) {
    case SqlstateClass::connection:
    case SqlstateClass::retry: break;
    case SqlstateClass::data:
    case SqlstateClass::timeout: return CommitResult::Kind::refused_data;
    case SqlstateClass::stop: return CommitResult::Kind::stop;
  }
  return error.reaction() == Reaction::stop ? CommitResult::Kind::stop : CommitResult::Kind::failed;
}

CommitResult ended(const Error& error, const Batch& batch) {
  CommitResult result;
  result.kind = kind_of(error);
  result.error = error.within("committing batch " + std::to_string(batch.sequence));
  return result;
}

}  // namespace

CommitResult commit_batch(Session& session, const Batch& batch) {
  const SteadyTime start = system_clock().steady_now();
  auto connection = session.connection();
  if (!connection.ok()) return ended(connection.error(), batch);
  if (auto begun = session.begin(**connection); !begun.ok()) {
    session.rollback();
    return ended(begun.error(), batch);
  }
  auto written = write_batch(session, **connection, batch);
  if (!written.ok()) {
    session.rollback();
    return ended(written.error(), batch);
  }
  const SteadyTime sent = system_clock().steady_now();
  auto committed = session.commit(**connection);
  CommitResult result;
  if (!committed.ok()) {
    result = ended(committed.error(), batch);
    // No SQLSTATE: nobody said what became of it.
    const bool told = committed.error().code().size() == 5;
    if (!told || !(*connection)->alive()) result.kind = CommitResult::Kind::unknown;
    session.rollback();
  } else {
    result.kind = CommitResult::Kind::acked;
    result.rows_written = *written;
  }
  result.timings = {sent - start, system_clock().steady_now() - sent};
  return result;
}

}  // namespace tallymill::postgres
