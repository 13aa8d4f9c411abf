// From one phase to another: whatever goes wrong, everything in memory is forgotten and the stored
// checkpoint followed.

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "pipeline/pipeline.h"

namespace tallymill {
namespace {

constexpr Duration slow_retry = std::chrono::seconds(30);

// What Postgres answered (a SQLSTATE), or a lookup's file: a person may mend it while the daemon
// runs, so it is tried again, slowly. A replay ends by itself.
bool may_be_mended(const std::string& code) {
  const bool sqlstate = code.size() == 5 && std::all_of(code.begin(), code.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
  });
  return sqlstate || code.rfind("lookup_", 0) == 0 || code == "replay_running";
}

}  // namespace

void Pipeline::restart(SteadyTime now) {
  epoch_ = epoch_.next();
  for (const auto& worker : workers_) worker->forget(epoch_);
  open_gaps_.clear();
  closing_.clear();
  waiting_.reset();
  // Both executors work in order, so what still runs is over before the next start begins.
  commit_.abandon();
  upkeep_.abandon();
  discovery_.abandon();
  pause_wanted_ = false;
  doubtful_ = false;
  successor_.reset();
  stop_after_cut_.reset();
  winding_up_ = false;
  retry_at_ = std::max(retry_at_, now);
  set_phase(Phase::starting, status().detail);
}

void Pipeline::unassign() {
  if (assigned_.empty()) return;
  assigned_.clear();
  const auto unassigned = parts_.source.assign(Assignment{epoch_, {}, workers_.size()});
  if (!unassigned.ok()) log_warn("giving up partitions", {{"error", unassigned.error().message()}});
}

void Pipeline::note(Trouble::Kind kind, std::string_view code, std::string_view message) {
  history_.went_wrong(kind, code, message, parts_.clock.wall_now());
}

void Pipeline::note_waiting(const Error& error) {
  note(Trouble::Kind::waiting, error.code(), error.message());
}

void Pipeline::drop(std::string_view why, const std::string& detail, SteadyTime now) {
  parts_.metrics.batch_dropped(why);
  log_warn("batch dropped; following the checkpoint",
           {{"pipeline", spec_.name}, {"why", why}, {"detail", detail}});
  note(Trouble::Kind::dropped, why, detail);
  restart(now);
}

void Pipeline::stop(Error error, SteadyTime now) {
  log_error("pipeline stopped; a person must act",
            {{"pipeline", spec_.name}, {"error", error.message()}, {"code", error.code()}});
  note(Trouble::Kind::stopped, error.code(), error.message());
  restart(now);
  unassign();
  set_phase(Phase::stopped, error.message() + "; once that is settled: tallymill resume");
  parts_.metrics.stopped_by(error.code());
  retry_at_ = may_be_mended(error.code()) ? now + slow_retry : SteadyTime{};
  {
    const std::lock_guard lock(status_mutex_);
    failure_ = std::move(error);
  }
  start_failed_ = true;
  // A configuration that was refused from the start has nothing to wait for: whoever deploys it wants to
  // know, and the instances that count go on.
  const bool refused =
      options_.refusal_ends && !accepted_ && failure()->code() == "config_changed";
  if (options_.drain || refused) set_phase(Phase::finishing, status().detail);
}

void Pipeline::pause(SteadyTime now) {
  log_info("paused; tallymill resume lets it go on", {{"pipeline", spec_.name}});
  restart(now);
  unassign();
  if (options_.drain) {
    return stop({Reaction::stop, "paused", "the pipeline is paused; tallymill resume lets it go on"},
                now);
  }
  // Whoever starts first after the resumption takes it.
  upkeep_.start(
      parts_.writer,
      [&store = parts_.store]() -> Result<Upkeep> {
        store.release_lease();
        return Upkeep{};
      },
      wake_);
  holds_lease_ = false;
  counts_ = false;
  ahead_.clear();
  set_phase(Phase::paused, "tallymill resume lets it go on");
}

void Pipeline::step_finishing() {
  if (upkeep_.take() && release_started_) released_ = true;
  if (released_) {
    if (farewell_.busy() && !farewell_.take()) return;
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
  const bool keeps_lease = returns_ && !leaves_for_good_;
  if (shown_) {
    farewell_.start(
        parts_.heart,
        [&presence = parts_.presence] {
          presence.leave();
          return true;
        },
        wake_);
  }
  upkeep_.start(
      parts_.writer,
      [&store = parts_.store,
       gives_up = !keeps_lease && (holds_lease_ || asked_)]() -> Result<Upkeep> {
        if (gives_up) store.release_lease();
        return Upkeep{};
      },
      wake_);
}

void Pipeline::set_phase(Phase phase, std::string detail) {
  if (phase != phase_) next_beat_ = SteadyTime{};
  phase_ = phase;
  PipelineState state = PipelineState::starting;
  switch (phase) {
    case Phase::starting: break;
    case Phase::running: state = PipelineState::running; break;
    case Phase::standby: state = PipelineState::standby; break;
    case Phase::paused: state = PipelineState::paused; break;
    case Phase::stopped:
    case Phase::finishing:
    case Phase::finished: state = PipelineState::stopped; break;
  }
  parts_.metrics.state(state);
  const std::lock_guard lock(status_mutex_);
  status_.state = state;
  status_.detail = std::move(detail);
  status_.trouble.clear();
  if (phase != Phase::running) status_.lookups.clear();
  if (phase == Phase::running || phase == Phase::paused) failure_.reset();
}

}  // namespace tallymill
