#include <algorithm>
#include <utility>

#include "base/failpoint.h"
#include "base/log.h"
#include "pipeline/pipeline.h"

namespace tallymill {

void Pipeline::step_starting(SteadyTime now) {
  if (auto outcome = start_.take()) {
    writer_moved_at_ = now;
    if (outcome->leased) {
      holds_lease_ = true;
      own_name_may_take_ = false;
    }
    if (outcome->orders_given) orders_given_ = outcome->orders_given;
    start_failed_ = outcome->kind == StartOutcome::Kind::failed;
    accepted_ = accepted_ || !start_failed_;
    nothing_yet_ = start_failed_ && outcome->error.code() == "topic_missing" && spec_.source.topics.empty();
    switch (outcome->kind) {
      case StartOutcome::Kind::started: started(*std::move(outcome), now); return;
      case StartOutcome::Kind::standby:
        unassign();
        outage_.worked(now);
        if (lease_watch_.saw(outcome->holder, now) && options_.drain) {
          return stop(taken_by(outcome->holder), now);
        }
        log_info("standing by; another instance is ahead",
                 {{"pipeline", spec_.name}, {"holder", outcome->holder.instance}});
        return stand_by(outcome->holder.instance, "is ahead", now);
      case StartOutcome::Kind::paused: return pause(now);
      case StartOutcome::Kind::failed: lookups_.keep(std::move(outcome->lookups)); break;
    }
    if (stop_requested_ && outcome->error.code() == "interrupted") return set_phase(Phase::finishing);  // By a stop.
    const bool waits_for_nobody = options_.drain && outcome->error.code() == "topic_missing";
    if (outcome->error.reaction() == Reaction::stop || waits_for_nobody) {
      return stop(outcome->error, now);
    }
    unassign();
    outage_.failed(outcome->error, now);
    set_phase(Phase::starting, outcome->error.message());
    retry_at_ = now + start_backoff_.next();
  }
  if (start_.busy()) return;
  (void)upkeep_.take();  // The lease was given to another one.
  if (stop_by_) return set_phase(Phase::finishing);
  if (now < retry_at_ || commit_.busy() || observation_.busy() || upkeep_.busy()) return;
  StartJob job{spec_,
               parts_.source,
               parts_.store,
               lookups_,
               lookups_.at_hand(),
               parts_.clock,
               options_.instance,
               options_.session,
               own_name_may_take_,
               lease_watch_.over(),
               restore_,
               first_,
               truncations_};
  start_.start(parts_.writer, [job = std::move(job)] { return run_start_job(job); }, wake_);
}

Offset Pipeline::drain_limit(const PartitionProgress& partition, Offset end) const {
  if (!options_.drain_to) return end;
  const auto named = options_.drain_to->find(partition.where);
  return named == options_.drain_to->end() ? partition.next : named->second;
}

void Pipeline::started(StartOutcome outcome, SteadyTime now) {
  Positions& positions = outcome.positions;
  lookups_.use(std::move(outcome.lookups));
  epoch_ = epoch_.next();
  RecordSet refused = options_.rejected;
  refused.insert(bisection_.guilty().begin(), bisection_.guilty().end());
  Assignment assignment;
  assignment.epoch = epoch_;
  assignment.lanes = workers_.size();
  std::vector<LanePartitions> lanes(workers_.size(), LanePartitions(positions.partitions.size()));
  assigned_.clear();
  for (std::size_t i = 0; i < positions.partitions.size(); ++i) {
    PartitionProgress& partition = positions.partitions[i];
    if (options_.drain) partition.limit = drain_limit(partition, positions.ends[i]);
    if (bisection_.active()) partition.limit = bisection_.limit(partition.where, partition.next);
    // One that was never away began where it did.
    if (partition.replaces_topic_id && *partition.replaces_topic_id != closed_id(partition.topic_id)) {
      first_[partition.where] = {partition.where, partition.topic_id, partition.next, LeaderEpoch(), std::nullopt};
    }
    const Offset first = partition.anchor_unverified ? partition.anchor->offset : partition.next;
    const std::size_t lane = i % workers_.size();
    // The epoch is that of the last record. Further on, over control records, another one may rule.
    const bool at_record = partition.anchor && partition.next == partition.anchor->offset.next();
    const LeaderEpoch epoch =
        partition.anchor_unverified || at_record ? partition.leader_epoch : LeaderEpoch();
    assignment.partitions.push_back({partition.where, first, epoch, lane});
    assigned_.emplace_back(partition.where, partition.topic_id);
    lanes[lane][i] = std::move(partition);
  }
  for (std::size_t lane = 0; lane < workers_.size(); ++lane) {
    workers_[lane]->use_lookups(lookups_.tables());
    const bool accepted = positions.progress.orders.accept_gap;
    workers_[lane]->set_on_data_loss(accepted ? OnDataLoss::record_gap : spec_.on_data_loss);
    workers_[lane]->set_refused(refused, bisection_.why());
    workers_[lane]->begin(epoch_, std::move(lanes[lane]));
  }
  committed_ = std::move(positions.progress.checkpoints);
  sequence_ = positions.progress.sequence;
  open_gaps_ = std::move(positions.gaps);
  closing_ = std::move(positions.closing);
  restore_.clear();
  // Told once, they hold until a batch is committed that takes them into account.
  std::erase_if(truncations_, [this](const Truncation& t) { return t.last_sequence < sequence_; });
  for (Truncation& one : truncations_) one.last_sequence = std::min(one.last_sequence, sequence_);
  unavailable_.clear();
  for (const Checkpoint& checkpoint : positions.first) first_[checkpoint.where] = checkpoint;
  for (const Checkpoint& checkpoint : committed_) first_.try_emplace(checkpoint.where);
  watchdog_.forget();
  lease_watch_.forget();
  reassign_wanted_ = false;
  if (auto assigned = parts_.source.assign(assignment); !assigned.ok()) {
    outage_.failed(assigned.error(), now);
    retry_at_ = now + start_backoff_.next();
    start_failed_ = true;
    return restart(now);
  }
  failpoint("assign.after_seek");
  outage_.worked(now);
  miss(std::move(positions.missing));
  next_trigger_ = now + spec_.interval;
  next_discovery_ = now + options_.metadata_refresh;
  last_commit_at_ = now;
  if (!std::exchange(counts_, true)) parts_.metrics.took_over();
  if (const std::string former = std::exchange(ahead_, {}); !former.empty()) {
    log_info("taking over; this instance counts from here on", {{"pipeline", spec_.name}, {"former", former}});
  }
  set_phase(Phase::running);
}

}  // namespace tallymill
