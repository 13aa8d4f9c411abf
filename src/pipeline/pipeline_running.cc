// Cuts and commits: the part of Pipeline that runs while records flow.

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/failpoint.h"
#include "base/log.h"
#include "base/seeded_bug.h"
#include "model/batch_words.h"
#include "model/find_checkpoint.h"
#include "pipeline/pipeline.h"

namespace tallymill {
namespace {

// 32 hexadecimal digits; splitmix64, because an id needs to be different, not secret.
std::string next_id(std::uint64_t& state) {
  std::string id;
  for (int half = 0; half < 2; ++half) {
    state += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = state;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    mixed ^= mixed >> 31;
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(mixed));
    id += text;
  }
  return id;
}

}  // namespace

void Pipeline::step_running(SteadyTime now) {
  if (auto verdict = commit_.take()) {
    writer_moved_at_ = now;
    handle_verdict(*std::move(verdict), now);
    if (phase_ != Phase::running) return;
  }
  for (const auto& worker : workers_) {
    parts_.metrics.messages_ignored(worker->take_ignored());
    auto failure = worker->failure();
    if (!failure) continue;
    if (failure->code() == "data_lost") return stop(*failure, now);
    if (!stop_after_cut_) stop_after_cut_ = std::move(failure);
  }
  winding_up_ = stop_by_ || stop_after_cut_ || pause_wanted_ || successor_ || reassign_wanted_;
  if (waiting_ && now >= retry_at_ && !upkeep_.busy()) {
    CommitJob job = *std::exchange(waiting_, std::nullopt);
    send(std::move(job));
  } else if (writer_idle()) {
    if (cut_is_due(now)) {
      cut(now);
    } else {
      settle(now);
    }
  }
  if (phase_ == Phase::running) keep_up(now);
}

// With nothing cut and nothing due: does what had to wait for that.
void Pipeline::settle(SteadyTime now) {
  // Asked first: workers fold meanwhile, but one at its limit stays there. The other way round the
  // last records could come in between, and be left behind.
  const bool at_limit = (options_.drain || bisection_.active()) && all_at_limit();
  if (anything_open()) return;
  if (stop_after_cut_) return stop(*std::exchange(stop_after_cut_, std::nullopt), now);
  if (stop_by_) return set_phase(Phase::finishing);
  if (pause_wanted_) return pause(now);
  if (successor_) return hand_over(now);
  if (bisection_.active() && at_limit) {
    bisection_.accepted();
    return restart(now);
  }
  if (reassign_wanted_) return restart(now);
  if (options_.drain && !bisection_.active() && at_limit) set_phase(Phase::finishing);
}

bool Pipeline::is_full() const {
  std::size_t bytes = 0;
  std::int64_t records = 0;
  for (const auto& worker : workers_) {
    bytes += worker->open_bytes();
    records += worker->open_records();
  }
  return bytes >= open_limit_ || (spec_.max_events > 0 && records >= spec_.max_events);
}

bool Pipeline::all_at_limit() const {
  for (const auto& worker : workers_) {
    for (const PartitionProgress& partition : worker->progress()) {
      if (!partition.at_limit()) return false;
    }
  }
  return true;
}

bool Pipeline::anything_open() const {
  if (!open_gaps_.empty()) return true;
  for (const auto& worker : workers_) {
    for (const PartitionProgress& partition : worker->progress()) {
      if (partition.next != partition.from || partition.changed) return true;
    }
  }
  return false;
}

bool Pipeline::cut_is_due(SteadyTime now) const {
  if (now >= next_trigger_ || is_full()) return true;
  if (winding_up_) return anything_open();
  return (options_.drain || bisection_.active()) && all_at_limit() && anything_open();
}

void Pipeline::cut(SteadyTime now) {
  if (is_full()) failpoint("agg.full");
  // A trigger that came late does not shift the ones that follow, unless a whole interval is gone;
  // neither does a cut that came early.
  if (now >= next_trigger_) next_trigger_ += spec_.interval;
  if (now >= next_trigger_) next_trigger_ = now + spec_.interval;

  CommitJob job{spec_, parts_.source, parts_.store, {}, {}, nullptr};
  job.context.lookups = lookups_.uses();
  const LookupTables* changed = lookups_.swap();
  if (seeded(Bug::lookup_named_late)) job.context.lookups = lookups_.uses();
  std::optional<SteadyTime> first_record_at;
  bool moved = !open_gaps_.empty();
  cut_bytes_ = 0;
  for (const auto& worker : workers_) {
    cut_bytes_ += worker->open_bytes();
    job.parts.push_back(worker->take(changed));
    const Part& part = job.parts.back();
    moved = moved || !part.ranges.empty();
    if (part.first_record_at && (!first_record_at || *part.first_record_at < *first_record_at)) {
      first_record_at = part.first_record_at;
    }
  }
  if (!moved) return;
  job.context.sequence = sequence_ + 1;
  job.context.id = next_id(random_state_);
  job.context.before = reject_ratio_;
  job.context.gaps = std::exchange(open_gaps_, {});
  job.context.closing = std::exchange(closing_, {});
  if (first_record_at) job.context.timings.fold = now - *first_record_at;
  cut_at_ = now;
  failpoint("flush.begin");
  send(std::move(job));
}

void Pipeline::send(CommitJob job) {
  commit_.start(
      parts_.writer,
      [job = std::make_shared<CommitJob>(std::move(job)), &clock = parts_.clock, cut_at = cut_at_,
       &metrics = parts_.metrics] {
        if (!job->batch) {
          job->context.timings.wait = clock.steady_now() - cut_at;
          metrics.stage(Stage::fold, job->context.timings.fold);
          metrics.stage(Stage::wait, job->context.timings.wait);
        }
        return run_commit_job(*job);
      },
      wake_);
}

void Pipeline::handle_verdict(CommitVerdict verdict, SteadyTime now) {
  for (const std::string_view outcome : verdict.outcomes) parts_.metrics.commit_outcome(outcome);
  const Error& error = verdict.result.error;
  switch (verdict.kind) {
    case CommitVerdict::Kind::acked: return acknowledged(verdict, now);
    case CommitVerdict::Kind::later:
      outage_.failed(error, now);
      deaf_since_.reset();
      retry_at_ = now + commit_backoff_.next();
      waiting_.emplace(CommitJob{spec_, parts_.source, parts_.store, {}, {}, verdict.batch,
                                 verdict.topics_checked, verdict.resolve_first});
      return;
    case CommitVerdict::Kind::drop:
      if (verdict.resolution && verdict.resolution->kind == Resolution::Kind::rows_gone) {
        // With the tables as they were, somebody deleted rows. Otherwise the database went back to
        // before they were written, and its tables with it.
        if (verdict.resolution->progress.sequence == sequence_) restore_ = committed_;
      }
      return drop(verdict.outcomes.back(), error.message(), now);
    case CommitVerdict::Kind::isolate: return isolate(verdict, now);
    case CommitVerdict::Kind::stop: return stop(error, now);
  }
}

void Pipeline::isolate(const CommitVerdict& verdict, SteadyTime now) {
  const Error& error = verdict.result.error;
  // Nothing is left to put aside: no record was read, or its dead letter is refused, too.
  if (verdict.batch->counts.read == 0 || bisection_.exhausted(*verdict.batch)) return stop(error, now);
  constexpr const char* statement_timed_out = "57014";
  const bool timed_out = error.code() == statement_timed_out;
  bisection_.refused(*verdict.batch, !timed_out, error.message());
  if (timed_out) retry_at_ = now + commit_backoff_.next();
  drop(drop_cause("database_refused"), error.message(), now);
}

void Pipeline::acknowledged(const CommitVerdict& verdict, SteadyTime now) {
  failpoint("state.before_clear");
  const Batch& batch = *verdict.batch;
  outage_.worked(now);
  start_backoff_.reset();
  commit_backoff_.reset();
  sequence_ = batch.sequence;
  last_commit_at_ = now;
  counted_all_at_ = now;
  pause_wanted_ = pause_wanted_ || verdict.result.pause_wanted;
  reject_ratio_.committed(batch.counts);
  std::vector<Checkpoint> moved;
  for (const BatchRange& range : batch.ranges) {
    Checkpoint checkpoint{range.where, range.topic_id, range.to, range.leader_epoch, range.anchor};
    if (Checkpoint* stored = find_checkpoint(committed_, checkpoint.where)) *stored = checkpoint;
    if (!is_closed(checkpoint.topic_id)) moved.push_back(std::move(checkpoint));
  }
  failpoint("kafka.commit_before");
  parts_.source.publish(moved);
  failpoint("kafka.commit_after");
  const WallTime wall = parts_.clock.wall_now();
  log_debug("batch committed", {{"pipeline", spec_.name},
                                {"sequence", batch.sequence},
                                {"id", batch.id},
                                {"records", batch.counts.read}});
  parts_.metrics.stage(Stage::upsert, verdict.result.timings.upsert);
  parts_.metrics.stage(Stage::commit, verdict.result.timings.commit);
  parts_.metrics.committed(batch, verdict.result.rows_written, wall);
  history_.committed(batch, verdict.result, now, wall);
  for (std::size_t i = 0; i < spec_.aggregations.size(); ++i) {
    parts_.metrics.aggregation(spec_.aggregations[i].name, batch.counts.aggregations[i]);
  }
  {
    const std::lock_guard lock(status_mutex_);
    status_.last_sequence = batch.sequence;
    status_.last_id = batch.id;
    status_.last_commit = wall;
  }
  failpoint("state.after_clear");
  if (!bisection_.active()) return;
  bisection_.accepted();
  restart(now);
}

}  // namespace tallymill
