#include "pipeline/pipeline.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/failpoint.h"
#include "base/log.h"

namespace tallymill {
namespace {

// Neither decides how fresh anything is: triggers and records wake whoever waits. Longer is cheaper for
// a pipeline that has nothing to do.
constexpr Duration longest_sleep = std::chrono::milliseconds(500);
constexpr Duration fetch_wait = std::chrono::seconds(1);
constexpr Duration limit_sleep = std::chrono::milliseconds(20);
constexpr Duration full_wait = std::chrono::milliseconds(2);

Error taken_by(const Lease& holder) {
  return {Reaction::stop, "lease_taken",
          "instance " + holder.instance + " counts this pipeline; stop it first, or let it go on"};
}

}  // namespace

Pipeline::Pipeline(PipelineParts parts, PipelineOptions options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      spec_(parts_.spec),
      lookups_(spec_, parts_.lookups),
      lease_watch_(options_.lease.patience),
      outage_(spec_.name),
      heart_outage_(spec_.name),
      watchdog_(options_.watchdog),
      start_backoff_(std::chrono::milliseconds(100), std::chrono::seconds(5), options_.seed),
      commit_backoff_(std::chrono::milliseconds(50), std::chrono::seconds(2), options_.seed * 31),
      heart_backoff_(beat_period(), std::chrono::seconds(5), options_.seed * 37),
      warm_backoff_(std::chrono::milliseconds(100), std::chrono::seconds(5), options_.seed * 41),
      random_state_(options_.seed),
      open_limit_(options_.open_limit) {
  for (std::size_t lane = 0; lane < options_.workers; ++lane) {
    workers_.push_back(std::make_unique<FoldWorker>(spec_, parts_.source, parts_.clock, lane,
                                                    parts_.make_decoder(), parts_.make_evaluator(),
                                                    [this] { return winding_up_ || is_full(); }));
  }
  status_.name = spec_.name;
  writer_moved_at_ = parts_.clock.steady_now();
  counted_all_at_ = writer_moved_at_;
  set_phase(Phase::starting);
}

Pipeline::~Pipeline() = default;

void Pipeline::run(const std::function<void()>& moved) {
  std::vector<std::thread> threads;
  for (const auto& worker : workers_) {
    threads.emplace_back([this, &worker] {
      while (!finished_) {
        if (worker->step(fetch_wait)) continue;
        wakeup_.notify();
        std::this_thread::sleep_for(full_wait);
      }
    });
  }
  while (!finished_) {
    const Duration idle = step();
    if (moves()) moved();
    wakeup_.wait_for(idle);
  }
  for (std::size_t lane = 0; lane < workers_.size(); ++lane) parts_.source.wake(lane);
  for (std::thread& thread : threads) thread.join();
}

Duration Pipeline::step() {
  const SteadyTime now = parts_.clock.steady_now();
  if (stop_requested_ && !stop_by_) {
    stop_by_ = now + options_.stop_patience;
    failpoint("close.begin");
  }
  if (stop_by_ && now >= *stop_by_ && phase_ != Phase::finished) {
    if (!released_) {
      log_warn("stopping without the last batch; a restart reads it again",
               {{"pipeline", spec_.name}});
    }
    finished_ = true;
    set_phase(Phase::finished, released_ ? status().detail : "stopped without its last batch");
  }
  handle_events(now);
  lookups_.watch(parts_.inquiries, now, wake_);
  switch (phase_) {
    case Phase::starting: step_starting(now); break;
    case Phase::standby: step_standby(now); break;
    case Phase::running: step_running(now); break;
    case Phase::paused: step_paused(now); break;
    case Phase::stopped: step_stopped(now); break;
    case Phase::finishing: step_finishing(); break;
    case Phase::finished: return longest_sleep;
  }
  observe(now);
  show_up(now);
  return idle_time(now);
}

Duration Pipeline::idle_time(SteadyTime now) const {
  // Nobody wakes it when a worker has come to its limit.
  Duration wait = options_.drain || bisection_.active() ? limit_sleep : longest_sleep;
  if (phase_ == Phase::running && writer_idle()) wait = std::min(wait, next_trigger_ - now);
  if (phase_ == Phase::standby) wait = std::min(wait, next_observation_ - now);
  if (!heartbeat_.busy()) wait = std::min(wait, next_beat_ - now);
  const auto until = [&wait, now](SteadyTime due) {
    if (due > now) wait = std::min(wait, due - now);
  };
  until(retry_at_);
  if (heartbeat_.busy()) {
    until(said_.at + beat_period() + Duration(std::chrono::milliseconds(1)));
    until(renewed_at_ + options_.lease.renewal);
  }
  return std::max(wait, Duration(std::chrono::milliseconds(1)));
}

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
        return stand_by("instance " + outcome->holder.instance + " is ahead", now);
      case StartOutcome::Kind::paused: return pause(now);
      case StartOutcome::Kind::failed: break;
    }
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
               lookups_.in_force(),
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
  next_trigger_ = now + spec_.interval;
  next_discovery_ = now + options_.metadata_refresh;
  last_commit_at_ = now;
  if (!std::exchange(counts_, true)) parts_.metrics.took_over();
  set_phase(Phase::running);
}

void Pipeline::step_standby(SteadyTime now) {
  (void)upkeep_.take();  // The lease was given to another one.
  if (auto lease = observation_.take()) {
    if (lease->ok()) {
      outage_.worked(now);
      if ((*lease)->session == options_.session) {
        holds_lease_ = true;  // To be given up should it stop before it starts.
        return set_phase(Phase::starting, "the pipeline is this instance's again, or was given to it");
      }
      // A drain waits for nobody but one who may be dead.
      if (lease_watch_.saw(**lease, now) && options_.drain) return stop(taken_by(**lease), now);
    } else {
      if (lease->error().code() == "pipeline_missing") return pause(now);
      if (lease->error().reaction() == Reaction::stop) return stop(lease->error(), now);
      // Its holder cannot renew it either, so patience begins anew.
      lease_watch_.forget();
      outage_.failed(lease->error(), now);
    }
    if (lease_watch_.over()) return set_phase(Phase::starting, "taking over");
  }
  keep_warm(now);
  if (observation_.busy()) return;
  if (stop_by_) return set_phase(Phase::finishing);
  if (now < next_observation_) return;
  next_observation_ = now + options_.lease.observation;
  observation_.start(parts_.writer, [&store = parts_.store] { return store.observe_lease(); },
                     wake_);
}

void Pipeline::step_paused(SteadyTime now) {
  if (stop_by_) return set_phase(Phase::finishing);
  look_for_orders(now);  // Behind the lease's release.
}

void Pipeline::step_stopped(SteadyTime now) {
  if (stop_by_) return set_phase(Phase::finishing);
  look_for_orders(now);
  if (phase_ != Phase::stopped) return;
  if (retry_at_ > now || retry_at_ == SteadyTime{}) return;
  set_phase(Phase::starting, "trying again after a stop");
}

void Pipeline::request_stop(Leaving leaving) {
  (leaving == Leaving::for_good ? leaves_for_good_ : returns_) = true;
  stop_requested_ = true;
  wakeup_.notify();
}

std::optional<Error> Pipeline::failure() const {
  const std::lock_guard lock(status_mutex_);
  return failure_;
}

PipelineStatus Pipeline::status() const {
  const std::lock_guard lock(status_mutex_);
  return status_;
}

}  // namespace tallymill
