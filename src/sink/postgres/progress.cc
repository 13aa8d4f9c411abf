#include "sink/postgres/progress.h"

#include "base/json_writer.h"
#include "base/seeded_bug.h"
#include "sink/postgres/encode.h"
#include "sink/postgres/lease.h"
#include "sink/postgres/timestamps.h"

namespace tallymill::postgres {
namespace {

Offset offset_of(const std::string& digits) { return Offset(parse_int128(digits).value_or(0)); }

Checkpoint read_checkpoint(const QueryResult& rows, int i) {
  Checkpoint checkpoint;
  checkpoint.where = {rows.text(i, 0), Partition(rows.number(i, 1))};
  checkpoint.topic_id = rows.text(i, 2);
  checkpoint.next_offset = offset_of(rows.text(i, 3));
  checkpoint.leader_epoch = LeaderEpoch(static_cast<std::int32_t>(rows.number(i, 4)));
  if (!rows.null(i, 5)) {
    checkpoint.anchor = Anchor{offset_of(rows.text(i, 5)), Timestamp(rows.number(i, 6)),
                               static_cast<std::uint64_t>(rows.number(i, 7))};
  }
  return checkpoint;
}

// Keeps in `aggregation` since which offsets the tables count. What is there already stays: a
// checkpoint that is put back is no new start.
Result<void> note_start(const Session& session, Connection& connection,
                        const Checkpoint& checkpoint) {
  JsonWriter where;
  where.begin_array().begin_object();
  where.key("topic").string(checkpoint.where.topic);
  where.key("topic_id").string(checkpoint.topic_id);
  where.key("partition").number(checkpoint.where.partition.value());
  where.end_object().end_array();
  TRY(connection.query("UPDATE " + session.table("aggregation") +
                           " SET counts_since = counts_since || jsonb_build_array($2::jsonb -> 0 || "
                           "jsonb_build_object('offset', $3::numeric)) WHERE pipeline = $1 AND NOT "
                           "counts_since @> $2::jsonb",
                       Params()
                           .text(session.pipeline().name)
                           .text(where.text())
                           .text(checkpoint.next_offset.str()),
                       session.statement_timeout()));
  return {};
}

}  // namespace

std::string orders_columns() { return "wanted_state = 'paused', accept_gap, accept_topic, orders_given"; }

Orders read_orders(const QueryResult& rows, int row, int first) {
  if (rows.rows() <= row || rows.null(row, first)) return {.paused = true};
  return {rows.flag(row, first), rows.flag(row, first + 1), rows.flag(row, first + 2),
          rows.number(row, first + 3)};
}

Result<Progress> read_progress(const Session& session, Connection& connection) {
  const std::string locked = seeded(Bug::checkpoint_read_unlocked) ? "" : " FOR UPDATE";
  TRY_ASSIGN(const QueryResult pipeline,
             connection.query("SELECT batch_sequence, fingerprint, lease_instance, lease_session, "
                              "lease_counter, partitions, started OR partitions > 0, " + orders_columns() + " FROM " +
                                  session.table("pipeline") + " WHERE pipeline = $1" + locked,
                              Params().text(session.pipeline().name), session.statement_timeout()));
  if (pipeline.rows() == 0) {
    return Error(Reaction::stop, "pipeline_missing",
                 "the row of pipeline " + session.pipeline().name + " is gone from " +
                     session.table("pipeline") + "; restore it with its checkpoints, or count anew: tallymill reset");
  }
  Progress progress;
  progress.sequence = pipeline.number(0, 0);
  progress.fingerprint = pipeline.text(0, 1);
  // Read under the lock: whoever had to wait for it sees what its holder did meanwhile.
  TRY_ASSIGN(const std::int64_t beats, beats_of(session, connection, pipeline.text(0, 3)));
  progress.lease = {pipeline.text(0, 2), pipeline.text(0, 3), pipeline.number(0, 4), beats};
  progress.known_partitions = pipeline.number(0, 5);
  progress.started = pipeline.flag(0, 6);
  progress.orders = read_orders(pipeline, 0, 7);
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT topic, partition, topic_id, next_offset, leader_epoch, "
                              "anchor_offset, " + microseconds_sql("anchor_time") +
                                  ", anchor_hash FROM " + session.table("checkpoint") +
                                  " WHERE pipeline = $1 ORDER BY topic, partition" + locked,
                              Params().text(session.pipeline().name), session.statement_timeout()));
  for (int i = 0; i < rows.rows(); ++i) progress.checkpoints.push_back(read_checkpoint(rows, i));
  return progress;
}

Result<Orders> observe_orders(const Session& session, Connection& connection) {
  TRY_ASSIGN(const QueryResult rows,
             connection.query("SELECT " + orders_columns() + " FROM " + session.table("pipeline") +
                                  " WHERE pipeline = $1",
                              Params().text(session.pipeline().name), session.statement_timeout()));
  return read_orders(rows, 0, 0);
}

Result<void> check_unchanged(const Session& session, Connection& connection, const Progress& seen) {
  TRY_ASSIGN(const QueryResult same,
             connection.query("SELECT lease_session = $2 AND orders_given = $3::bigint AND "
                              "(started OR partitions > 0) = $4::boolean FROM " +
                                  session.table("pipeline") + " WHERE pipeline = $1 FOR UPDATE",
                              Params()
                                  .text(session.pipeline().name)
                                  .text(seen.lease.session)
                                  .number(seen.orders.given)
                                  .text(seen.started ? "true" : "false"),
                              session.statement_timeout()));
  if (same.rows() == 0 || same.flag(0, 0)) return {};  // Without a row, what reads it says so.
  return Error(Reaction::retry, "started_meanwhile",
               "another instance, or a command, changed where the pipeline begins while this one asked Kafka");
}

Result<void> insert_checkpoints(const Session& session, Connection& connection,
                                const std::vector<Checkpoint>& checkpoints) {
  // The pipeline's row first, as everywhere: two instances that start at once then wait for each
  // other instead of for ever.
  TRY(connection.query("SELECT 1 FROM " + session.table("pipeline") +
                           " WHERE pipeline = $1 FOR UPDATE",
                       Params().text(session.pipeline().name), session.statement_timeout()));
  for (const Checkpoint& checkpoint : checkpoints) {
    Params params;
    params.text(session.pipeline().name)
        .text(checkpoint.where.topic)
        .number(checkpoint.where.partition.value())
        .text(checkpoint.topic_id)
        .text(checkpoint.next_offset.str())
        .number(checkpoint.leader_epoch.value());
    if (checkpoint.anchor) {
      params.text(checkpoint.anchor->offset.str())
          .text(to_string(checkpoint.anchor->timestamp))
          .number(static_cast<std::int64_t>(checkpoint.anchor->hash));
    } else {
      params.optional_text({}).optional_text({}).optional_text({});
    }
    TRY_ASSIGN(const QueryResult inserted,
               connection.query("INSERT INTO " + session.table("checkpoint") +
                                    " (pipeline, topic, partition, topic_id, next_offset, "
                                    "leader_epoch, anchor_offset, anchor_time, anchor_hash) VALUES "
                                    "($1, $2, $3::bigint, $4, $5::numeric, $6::integer, "
                                    "$7::numeric, $8::timestamptz, $9::bigint) ON CONFLICT DO NOTHING",
                                params, session.statement_timeout()));
    if (inserted.changed() > 0) TRY(note_start(session, connection, checkpoint));
  }
  TRY(connection.query("UPDATE " + session.table("pipeline") +
                           " SET started = true, partitions = greatest(partitions, (SELECT count(*) FROM " +
                           session.table("checkpoint") + " WHERE pipeline = $1)) WHERE pipeline = $1",
                       Params().text(session.pipeline().name), session.statement_timeout()));
  return {};
}

}  // namespace tallymill::postgres
