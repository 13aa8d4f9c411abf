#include "sink/postgres/commit.h"

#include <optional>
#include <utility>

#include "base/failpoint.h"
#include "base/seeded_bug.h"
#include "sink/postgres/encode.h"
#include "sink/postgres/ledger_row.h"
#include "sink/postgres/progress.h"
#include "sink/postgres/records.h"
#include "sink/postgres/sqlstate.h"
#include "sink/postgres/write_rows.h"

namespace tallymill::postgres {
namespace {

constexpr const char* conflict_code = "conflict";

Error conflict(std::string why) { return {Reaction::reassign, conflict_code, std::move(why)}; }

// What a transaction was doing when it failed.
enum class Step : std::uint8_t {
  positions,  // The daemon's own rows: nothing in the batch's data can be at fault.
  rows,       // The users' tables.
  letters,    // Dead letters and gaps.
  commit,     // Deferred constraints and triggers are judged here.
};

// Locks the pipeline's row and moves its sequence and lease on.
// Returns whether somebody wants the pipeline paused. What was accepted of lost records holds for one
// commit: this one records it.
Result<bool> advance_pipeline(const Session& session, Connection& connection, const Batch& batch) {
  TRY_ASSIGN(const QueryResult done,
             connection.query("UPDATE " + session.table("pipeline") +
                                  " SET batch_sequence = $2::bigint, lease_counter = lease_counter "
                                  "+ 1, heartbeat = now(), accept_gap = false, accept_topic = false WHERE "
                                  "pipeline = $1 AND batch_sequence = $2::bigint - 1 AND fingerprint "
                                  "= $3 AND lease_session = $4 RETURNING wanted_state = 'paused'",
                              Params()
                                  .text(session.pipeline().name)
                                  .number(batch.sequence)
                                  .text(batch.fingerprint)
                                  .text(session.identity().session),
                              session.statement_timeout()));
  if (done.changed() == 1) return done.flag(0, 0);
  if (seeded(Bug::rows_of_cas_not_counted)) return false;
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
  if (seeded(Bug::rows_of_cas_not_counted)) return {};
  if (seeded(Bug::fenced_partition_merged) && done.changed() > 0) return {};
  return conflict("a checkpoint is not where this batch starts");
}

CommitResult::Kind kind_of(const Error& error, Step step) {
  using Kind = CommitResult::Kind;
  if (error.code() == conflict_code) return Kind::conflict;
  if (error.code() == refused_merge_code) return Kind::refused_merge;
  const Kind by_reaction = error.reaction() == Reaction::stop ? Kind::stop : Kind::failed;
  if (error.code().size() != 5) return by_reaction;  // Not an SQLSTATE.
  switch (classify(error.code())) {
    case SqlstateClass::connection:
    case SqlstateClass::retry: return by_reaction;
    // Reading the range in halves helps only where it is the batch's data that was refused.
    case SqlstateClass::data: return step == Step::positions ? Kind::stop : Kind::refused_data;
    case SqlstateClass::timeout: return step == Step::positions ? Kind::failed : Kind::refused_data;
    case SqlstateClass::stop: break;
  }
  return Kind::stop;
}

// One try at one batch.
class Attempt {
 public:
  Attempt(Session& session, const Batch& batch) : session_(session), batch_(batch) {}

  CommitResult run() {
    const SteadyTime start = system_clock().steady_now();
    auto connection = session_.connection();
    if (!connection.ok()) return ended(connection.error());
    connection_ = *connection;
    auto written = write();
    if (!written.ok()) {
      session_.rollback();
      return ended(step_ == Step::rows ? explain(written.error()) : written.error());
    }
    const SteadyTime sent = system_clock().steady_now();
    step_ = Step::commit;
    const auto committed = session_.commit(*connection_, "tx.after_commit_send");
    CommitResult result;
    if (committed.ok()) {
      failpoint("tx.after_commit_ack");
      result.kind = CommitResult::Kind::acked;
      result.rows_written = *written;
      result.pause_wanted = pause_wanted_;
    } else {
      result = ended(committed.error());
      // Without an SQLSTATE, or with one that says farewell, nobody said what became of it.
      const bool told = committed.error().code().size() == 5 && connection_->alive();
      if (!told) result.kind = CommitResult::Kind::unknown;
      if (!told && seeded(Bug::unknown_taken_for_committed)) result.kind = CommitResult::Kind::acked;
      session_.rollback();
    }
    result.timings = {sent - start, system_clock().steady_now() - sent};
    return result;
  }

 private:
  Result<std::int64_t> write() {
    TRY(session_.begin(*connection_));
    TRY(connection_->pass("tx.after_begin"));
    TRY_ASSIGN(pause_wanted_, advance_pipeline(session_, *connection_, batch_));
    TRY(advance_checkpoints(session_, *connection_, batch_));
    TRY(connection_->pass("tx.after_cas"));
    step_ = Step::rows;
    std::int64_t rows_written = 0;
    for (; table_ < batch_.rows.size(); ++table_) {
      TRY_ASSIGN(const std::int64_t written,
                 write_rows(session_, *connection_, plan(), *batch_.rows[table_]));
      rows_written += written;
    }
    TRY(connection_->pass("tx.after_upsert"));
    step_ = Step::letters;
    TRY(insert_dead_letters(session_, *connection_, batch_));
    TRY(insert_gaps(session_, *connection_, batch_));
    step_ = Step::positions;
    if (batch_.did_something()) TRY(insert_lookup_versions(session_, *connection_, batch_));
    TRY(insert_ledger_row(session_, *connection_, batch_, rows_written));
    TRY(connection_->pass("tx.before_commit_send"));
    return rows_written;
  }

  // A sum that leaves its column's range is no record's fault; only asking tells it from a value
  // that is refused by itself.
  Error explain(const Error& refused) {
    if (refused.code() != "22003" || refused.reaction() == Reaction::reject) return refused;
    auto connection = session_.connection();
    if (!connection.ok()) return connection.error();
    auto overflow = ask_for_overflow(**connection);
    session_.rollback();
    if (!overflow.ok()) return overflow.error().within("looking for the row that overflowed");
    if (!*overflow) return refused;
    return {Reaction::stop, refused_merge_code,
            refused.message() + ": adding this batch to what is stored overflows " + **overflow +
                " in " + plan().schema + "." + plan().table};
  }

  Result<std::optional<std::string>> ask_for_overflow(Connection& connection) {
    TRY(session_.begin(connection));
    return find_overflow(session_, connection, plan(), *batch_.rows[table_]);
  }

  [[nodiscard]] const TablePlan& plan() const {
    return session_.pipeline().aggregations[table_].plan;
  }

  [[nodiscard]] CommitResult ended(const Error& error) const {
    CommitResult result;
    result.kind = kind_of(error, step_);
    result.error = error.within("committing batch " + std::to_string(batch_.sequence));
    return result;
  }

  Session& session_;
  const Batch& batch_;
  Connection* connection_ = nullptr;
  Step step_ = Step::positions;
  std::size_t table_ = 0;
  bool pause_wanted_ = false;
};

}  // namespace

CommitResult commit_batch(Session& session, const Batch& batch) {
  return Attempt(session, batch).run();
}

}  // namespace tallymill::postgres
