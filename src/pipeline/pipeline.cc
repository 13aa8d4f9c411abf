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

}  // namespace

Pipeline::Pipeline(PipelineParts parts, PipelineOptions options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      spec_(parts_.spec),
      lookups_(spec_, parts_.lookups),
      lease_watch_(options_.lease.patience),
      history_(options_.letter_samples, parts_.clock.steady_now()),
      outage_(spec_.name, [this](const Error& error) { note_waiting(error); }),
      heart_outage_(spec_.name, [this](const Error& error) { note_waiting(error); }),
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
  // Who does not count loads them when it starts to.
  if (phase_ == Phase::running && !stop_by_) lookups_.watch(parts_.inquiries, now, wake_);
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
  parts_.lookups.interrupt();
  wakeup_.notify();
}

std::optional<Error> Pipeline::failure() const {
  const std::lock_guard lock(status_mutex_);
  return failure_;
}

PipelineState Pipeline::state() const {
  const std::lock_guard lock(status_mutex_);
  return status_.state;
}

PipelineStatus Pipeline::status() const {
  const std::lock_guard lock(status_mutex_);
  PipelineStatus status = status_;
  status.recent = history_.summary(parts_.clock.steady_now());
  return status;
}

}  // namespace tallymill
