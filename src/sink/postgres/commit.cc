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

using Step = Place::Step;

// What is sent behind a comparison that failed must not happen, and the answer comes too late to hold
// it back: the server itself has to refuse the rest of the transaction. Gives an expression that fails
// with this code unless the condition holds.
constexpr const char* division_by_zero = "22012";

std::string require(const std::string& condition) { return "1 / (" + condition + ")::int"; }

// Sends what locks the pipeline's row and moves its sequence and lease on. Its answer says whether
// somebody wants the pipeline paused. What was accepted of lost records holds for one commit: this one
// records it.
Result<void> advance_pipeline(const Session& session, Statements& statements, const Batch& batch,
                              bool& pause_wanted) {
  const std::string moved = seeded(Bug::rows_of_cas_not_counted) ? "count(*) >= 0" : "count(*) = 1";
  return statements.send(
      "WITH moved AS (UPDATE " + session.table("pipeline") +
          " SET batch_sequence = $2::bigint, lease_counter = lease_counter + 1, heartbeat = now(), "
          "accept_gap = false, accept_topic = false WHERE pipeline = $1 AND batch_sequence = "
          "$2::bigint - 1 AND fingerprint = $3 AND lease_session = $4 RETURNING wanted_state) SELECT " +
          require(moved) + ", coalesce(bool_and(wanted_state = 'paused'), false) FROM moved",
      Params()
          .text(session.pipeline().name)
          .number(batch.sequence)
          .text(batch.fingerprint)
          .text(session.identity().session),
      [&pause_wanted](const QueryResult& done) -> Result<void> {
        pause_wanted = done.flag(0, 1);
        return {};
      });
}

// Compare and set: each row must stand exactly where this batch starts. Locked in order first, so
// that two writers meet at the first row and not crosswise.
Result<void> advance_checkpoints(const Session& session, Statements& statements,
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
  TRY(statements.send("SELECT 1 FROM " + session.table("checkpoint") +
                          " WHERE pipeline = $1 ORDER BY topic, partition FOR UPDATE",
                      Params().text(session.pipeline().name)));
  Params params;
  params.text(session.pipeline().name);
  for (ArrayEncoder* column : {&topic, &partition, &expected_id, &from, &id, &to, &epoch,
                               &anchor_offset, &anchor_time, &anchor_hash}) {
    const Oid type = column->array_oid();
    params.binary(type, column->take());
  }
  params.number(static_cast<std::int64_t>(batch.ranges.size()));
  const std::string moved = seeded(Bug::rows_of_cas_not_counted)   ? "count(*) >= 0"
                            : seeded(Bug::fenced_partition_merged) ? "count(*) > 0"
                                                                   : "count(*) = $12::bigint";
  return statements.send(
      "WITH moved AS (UPDATE " + session.table("checkpoint") +
          " c SET topic_id = x.id, next_offset = x.next, leader_epoch = x.epoch, anchor_offset "
          "= x.ao, anchor_time = x.at, anchor_hash = x.ah FROM unnest($2::text[], $3::bigint[], "
          "$4::text[], $5::numeric[], $6::text[], $7::numeric[], $8::bigint[], $9::numeric[], "
          "$10::timestamptz[], $11::bigint[]) AS x(topic, partition, expected_id, start, id, "
          "next, epoch, ao, at, ah) WHERE c.pipeline = $1 AND c.topic = x.topic AND c.partition "
          "= x.partition AND c.topic_id = x.expected_id AND c.next_offset = x.start RETURNING 1) "
          // A parameter needs a type wherever it is not compared.
          "SELECT " + require(moved) + ", $12::bigint FROM moved",
      params, [&connection = statements.connection()](const QueryResult&) {
        return connection.pass("tx.after_cas");
      });
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
      return ended(place_.step == Step::rows ? explain(written.error()) : written.error());
    }
    const SteadyTime sent = system_clock().steady_now();
    place_ = {Step::commit, 0, ""};
    const auto committed = session_.commit(*connection_, "tx.after_commit_send");
    CommitResult result;
    if (committed.ok()) {
      failpoint("tx.after_commit_ack");
      result.kind = CommitResult::Kind::acked;
      result.rows_written = batch_.row_count();
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
  // One round trip, unless much is written, rows have to be read back to be merged, or a lookup is new.
  Result<void> write() {
    Statements statements(*connection_, session_.statement_timeout());
    LookupVersions lookups(session_, batch_);
    auto written = statements.finish(send(statements, lookups));
    if (written.ok()) written = statements.finish(lookups.write(statements));
    if (written.ok()) written = statements.finish(connection_->pass("tx.before_commit_send"));
    place_ = statements.failed_at();
    if (!written.ok() && written.error().code() == division_by_zero && place_.step == Step::positions) {
      return Error(Reaction::reassign, conflict_code,
                   "the pipeline's row or a checkpoint is not where this batch starts");
    }
    return written;
  }

  Result<void> send(Statements& statements, LookupVersions& lookups) {
    TRY(session_.begin(statements));
    TRY(statements.then([this] { return connection_->pass("tx.after_begin"); }));
    TRY(advance_pipeline(session_, statements, batch_, pause_wanted_));
    TRY(advance_checkpoints(session_, statements, batch_));
    TRY(write_rows(session_, statements, batch_));
    TRY(statements.then([this] { return connection_->pass("tx.after_upsert"); }));
    statements.enter({Step::letters, 0, ""});
    TRY(insert_dead_letters(session_, statements, batch_));
    TRY(insert_gaps(session_, statements, batch_));
    statements.enter({Step::positions, 0, ""});
    TRY(lookups.ask(statements));
    return insert_ledger_row(session_, statements, batch_);
  }

  // A sum that leaves its column's range is no record's fault; only asking tells it from a value
  // that is refused by itself.
  Error explain(const Error& refused) {
    if (refused.code() != "22003" || refused.reaction() == Reaction::reject) return refused;
    auto connection = session_.connection();
    if (!connection.ok()) return connection.error();
    Statements statements(**connection, session_.statement_timeout());
    auto overflow = ask_for_overflow(statements);
    session_.rollback();
    if (!overflow.ok()) return overflow.error().within("looking for the row that overflowed");
    if (!*overflow) return refused;
    return {Reaction::stop, refused_merge_code,
            refused.message() + ": adding this batch to what is stored overflows " + **overflow +
                " in " + plan().schema + "." + plan().table};
  }

  Result<std::optional<std::string>> ask_for_overflow(Statements& statements) {
    TRY(session_.begin(statements));
    return find_overflow(statements, plan(), *batch_.rows[place_.table]);
  }

  [[nodiscard]] const TablePlan& plan() const {
    return session_.pipeline().aggregations[place_.table].plan;
  }

  [[nodiscard]] CommitResult ended(const Error& error) const {
    CommitResult result;
    result.kind = kind_of(error, place_.step);
    result.error = error.within("committing batch " + std::to_string(batch_.sequence));
    return result;
  }

  Session& session_;
  const Batch& batch_;
  Connection* connection_ = nullptr;
  Place place_;  // Of what failed.
  bool pause_wanted_ = false;
};

}  // namespace

CommitResult commit_batch(Session& session, const Batch& batch) {
  return Attempt(session, batch).run();
}

}  // namespace tallymill::postgres
