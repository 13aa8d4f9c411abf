#include "pipeline/pipeline.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/log.h"

namespace tallymill {
namespace {

constexpr Duration longest_sleep = std::chrono::milliseconds(100);
constexpr Duration observation_period = std::chrono::milliseconds(500);
constexpr Duration slow_retry = std::chrono::seconds(30);
constexpr Duration fetch_wait = std::chrono::milliseconds(100);
constexpr Duration full_wait = std::chrono::milliseconds(2);

// What Postgres answered, and a person may mend while the daemon runs: tried again, slowly.
bool is_sqlstate(const std::string& code) { return code.size() == 5; }

}  // namespace

Pipeline::Pipeline(PipelineParts parts, PipelineOptions options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      spec_(parts_.spec),
      lookups_(spec_, parts_.lookups),
      lease_watch_(options_.lease_patience),
      outage_(spec_.name),
      watchdog_(options_.watchdog),
      start_backoff_(std::chrono::milliseconds(100), std::chrono::seconds(5), options_.seed),
      commit_backoff_(std::chrono::milliseconds(50), std::chrono::seconds(2), options_.seed * 31),
      random_state_(options_.seed) {
  for (std::size_t lane = 0; lane < options_.workers; ++lane) {
    workers_.push_back(std::make_unique<FoldWorker>(spec_, parts_.source, parts_.clock, lane,
                                                    parts_.make_decoder(), parts_.make_evaluator(),
                                                    [this] { return winding_up_ || is_full(); }));
  }
  status_.name = spec_.name;
  set_phase(Phase::starting);
}

Pipeline::~Pipeline() = default;

void Pipeline::run() {
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
  while (!finished_) wakeup_.wait_for(step());
  for (std::thread& thread : threads) thread.join();
}

Duration Pipeline::step() {
  const SteadyTime now = parts_.clock.steady_now();
  if (stop_requested_ && !stop_by_) stop_by_ = now + options_.stop_patience;
  if (stop_by_ && now >= *stop_by_ && phase_ != Phase::finished) {
    log_warn("stopping without the last batch; a restart reads it again",
             {{"pipeline", spec_.name}});
    finished_ = true;
    set_phase(Phase::finished, "stopped without its last batch");
  }
  handle_events(now);
  lookups_.watch(parts_.inquiries, now, wake_);
  switch (phase_) {
    case Phase::starting: step_starting(now); break;
    case Phase::standby: step_standby(now); break;
    case Phase::running: step_running(now); break;
    case Phase::stopped: step_stopped(now); break;
    case Phase::finishing: step_finishing(); break;
    case Phase::finished: return longest_sleep;
  }
  observe(now);
  return idle_time(now);
}

Duration Pipeline::idle_time(SteadyTime now) const {
  Duration wait = longest_sleep;
  if (phase_ == Phase::running && writer_idle()) wait = std::min(wait, next_trigger_ - now);
  if (retry_at_ > now) wait = std::min(wait, retry_at_ - now);
  return std::max(wait, Duration(std::chrono::milliseconds(1)));
}

void Pipeline::step_starting(SteadyTime now) {
  if (auto outcome = start_.take()) {
    switch (outcome->kind) {
      case StartOutcome::Kind::started: started(*std::move(outcome), now); return;
      case StartOutcome::Kind::standby:
        lease_watch_.saw(outcome->holder, now);
        log_info("standing by; another instance is ahead",
                 {{"pipeline", spec_.name}, {"holder", outcome->holder.instance}});
        set_phase(Phase::standby, "instance " + outcome->holder.instance + " is ahead");
        return;
      case StartOutcome::Kind::failed: break;
    }
    if (outcome->error.reaction() == Reaction::stop) return stop(outcome->error, now);
    outage_.failed(outcome->error, now);
    set_phase(Phase::starting, outcome->error.message());
    retry_at_ = now + start_backoff_.next();
  }
  if (start_.busy()) return;
  if (stop_by_) return set_phase(Phase::finishing);
  if (now < retry_at_ || commit_.busy() || observation_.busy() || upkeep_.busy()) return;
  StartJob job{spec_,          parts_.source,     parts_.store,       lookups_,
               parts_.clock,   options_.instance, options_.session,   own_name_may_take_,
               lease_watch_.over(now), restore_, truncated_at_};
  start_.start(parts_.writer, [job = std::move(job)] { return run_start_job(job); }, wake_);
}

void Pipeline::started(StartOutcome outcome, SteadyTime now) {
  Positions& positions = outcome.positions;
  lookups_.use(std::move(outcome.lookups));
  epoch_ = epoch_.next();
  Assignment assignment;
  assignment.epoch = epoch_;
  assignment.lanes = workers_.size();
  std::vector<LanePartitions> lanes(workers_.size(), LanePartitions(positions.partitions.size()));
  assigned_.clear();
  for (std::size_t i = 0; i < positions.partitions.size(); ++i) {
    PartitionProgress& partition = positions.partitions[i];
    if (options_.drain) partition.limit = positions.ends[i];
    if (bisection_.active()) partition.limit = bisection_.limit(partition.where, partition.next);
    const Offset first = partition.anchor_unverified ? partition.anchor->offset : partition.next;
    const std::size_t lane = i % workers_.size();
    assignment.partitions.push_back({partition.where, first, partition.leader_epoch, lane});
    assigned_.push_back(partition.where);
    lanes[lane][i] = std::move(partition);
  }
  for (std::size_t lane = 0; lane < workers_.size(); ++lane) {
    workers_[lane]->use_lookups(lookups_.tables());
    workers_[lane]->set_refused(bisection_.guilty(), bisection_.why());
    workers_[lane]->begin(epoch_, std::move(lanes[lane]));
  }
  committed_ = std::move(positions.progress.checkpoints);
  sequence_ = positions.progress.sequence;
  open_gaps_ = std::move(positions.gaps);
  restore_.clear();
  truncated_at_.clear();
  first_.insert(first_.end(), positions.first.begin(), positions.first.end());
  watchdog_.forget();
  lease_watch_.forget();
  holds_lease_ = true;
  own_name_may_take_ = false;
  reassign_wanted_ = false;
  if (auto assigned = parts_.source.assign(assignment); !assigned.ok()) {
    outage_.failed(assigned.error(), now);
    retry_at_ = now + start_backoff_.next();
    return restart(now);
  }
  outage_.worked(now);
  next_trigger_ = now + spec_.interval;
  next_discovery_ = now + options_.metadata_refresh;
  last_commit_at_ = now;
  set_phase(Phase::running);
}

void Pipeline::step_standby(SteadyTime now) {
  if (auto lease = observation_.take()) {
    if (lease->ok()) {
      lease_watch_.saw(**lease, now);
    } else {
      outage_.failed(lease->error(), now);
    }
    if (lease_watch_.over(now)) return set_phase(Phase::starting, "taking over");
  }
  if (observation_.busy()) return;
  if (stop_by_) return set_phase(Phase::finishing);
  if (now < next_observation_) return;
  next_observation_ = now + observation_period;
  observation_.start(parts_.writer, [&store = parts_.store] { return store.observe_lease(); },
                     wake_);
}

void Pipeline::step_stopped(SteadyTime now) {
  if (stop_by_) return set_phase(Phase::finishing);
  if (retry_at_ > now || retry_at_ == SteadyTime{}) return;
  set_phase(Phase::starting, "trying again after a stop");
}

void Pipeline::step_finishing() {
  if (upkeep_.take() && release_started_) {
    finished_ = true;
    return set_phase(Phase::finished, status().detail);
  }
  if (upkeep_.busy() || start_.busy() || commit_.busy() || observation_.busy()) {
    (void)commit_.take();
    (void)start_.take();
    (void)observation_.take();
    return;
  }
  release_started_ = true;
  upkeep_.start(
      parts_.writer,
      [&store = parts_.store, held = holds_lease_]() -> Result<bool> {
        if (held) store.release_lease();
        return held;
      },
      wake_);
}

void Pipeline::restart(SteadyTime now) {
  epoch_ = epoch_.next();
  for (const auto& worker : workers_) worker->forget(epoch_);
  open_gaps_.clear();
  waiting_.reset();
  // Both executors work in order, so what still runs is over before the next start begins.
  commit_.abandon();
  upkeep_.abandon();
  discovery_.abandon();
  pruning_ = false;
  stop_after_cut_.reset();
  winding_up_ = false;
  retry_at_ = std::max(retry_at_, now);
  set_phase(Phase::starting, status().detail);
}

void Pipeline::drop(const char* why, const std::string& detail, SteadyTime now) {
  parts_.metrics.batch_dropped(why);
  log_warn("batch dropped; following the checkpoint",
           {{"pipeline", spec_.name}, {"why", why}, {"detail", detail}});
  restart(now);
}

void Pipeline::stop(Error error, SteadyTime now) {
  log_error("pipeline stopped; a person must act",
            {{"pipeline", spec_.name}, {"error", error.message()}, {"code", error.code()}});
  restart(now);
  if (auto unassigned = parts_.source.assign(Assignment{epoch_, {}, workers_.size()});
      !unassigned.ok()) {
    log_warn("giving up partitions", {{"error", unassigned.error().message()}});
  }
  set_phase(Phase::stopped, error.message());
  retry_at_ = is_sqlstate(error.code()) ? now + slow_retry : SteadyTime{};
  {
    const std::lock_guard lock(status_mutex_);
    failure_ = std::move(error);
  }
  if (options_.drain) set_phase(Phase::finishing, status().detail);
}

void Pipeline::request_stop() {
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

void Pipeline::set_phase(Phase phase, std::string detail) {
  phase_ = phase;
  PipelineState state = PipelineState::starting;
  switch (phase) {
    case Phase::starting: break;
    case Phase::running: state = PipelineState::running; break;
    case Phase::standby: state = PipelineState::standby; break;
    case Phase::stopped:
    case Phase::finishing:
    case Phase::finished: state = PipelineState::stopped; break;
  }
  parts_.metrics.state(state);
  const std::lock_guard lock(status_mutex_);
  status_.state = state;
  status_.detail = std::move(detail);
  if (phase == Phase::running) failure_.reset();
}

}  // namespace tallymill
