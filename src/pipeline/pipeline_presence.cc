// What a Pipeline and those of other instances know of each other: heartbeats, and handing over to one
// that asks.

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "pipeline/pipeline.h"

namespace tallymill {
namespace {

// A worker that is busy with one chunk for so long will not come back. A writer that is busy with one
// thing may, by its deadlines; but another instance's may be quicker.
constexpr Duration longest_work = std::chrono::minutes(1);

}  // namespace

bool Pipeline::moves() const {
  const SteadyTime now = parts_.clock.steady_now();
  return std::all_of(workers_.begin(), workers_.end(),
                     [now](const auto& worker) { return now - worker->stepped_at() < longest_work; });
}

void Pipeline::show_up(SteadyTime now) {
  if (auto peers = heartbeat_.take()) {
    shown_ = peers->ok();
    if (peers->ok()) {
      heart_backoff_.reset();
      meet(*std::move(*peers));
    } else {
      // The store tells of an outage.
      next_beat_ = now + heart_backoff_.next();
    }
  }
  if (heartbeat_.busy() || now < next_beat_ || release_started_) return;
  next_beat_ = now + options_.lease.renewal;
  if (!commit_.busy() && !upkeep_.busy() && !start_.busy()) writer_moved_at_ = now;
  const bool works = now - writer_moved_at_ < longest_work;
  // A start that failed keeps no lease: another instance may see more of the world.
  const bool counts =
      works && (phase_ == Phase::running || (phase_ == Phase::starting && !start_failed_));
  const bool asks = phase_ == Phase::standby && !options_.drain && standby_trouble_.empty();
  heartbeat_.start(
      parts_.heart,
      [&presence = parts_.presence,
       beat = Heartbeat{std::string(to_string(status().state)), counts, asks}] {
        return presence.beat(beat);
      },
      wake_);
}

void Pipeline::meet(std::vector<Peer> peers) {
  successor_.reset();
  for (const Peer& peer : peers) {
    const bool own = peer.session == options_.session;
    if (own) asked_ = peer.asks;
    // One that is silent may be dead: there is nobody to hand over to.
    const bool lives = peer.seen_ago < options_.lease.patience;
    const bool may_go = phase_ == Phase::running && !options_.drain;
    if (!own && peer.asks && lives && may_go) successor_ = Lease{peer.instance, peer.session};
  }
  const std::lock_guard lock(status_mutex_);
  status_.instances = std::move(peers);
}

void Pipeline::hand_over(SteadyTime now) {
  const Lease successor = *std::exchange(successor_, std::nullopt);
  log_info("handing over to an instance with another configuration or version",
           {{"pipeline", spec_.name}, {"instance", successor.instance}});
  restart(now);
  unassign();
  upkeep_.start(
      parts_.writer,
      [&store = parts_.store, successor]() -> Result<Upkeep> {
        TRY(store.pass_lease(successor));
        return Upkeep::done;
      },
      wake_);
  stand_by("instance " + successor.instance + " was given the pipeline", now);
}

void Pipeline::stand_by(std::string detail, SteadyTime now) {
  next_discovery_ = now;
  counts_ = false;
  set_phase(Phase::standby, std::move(detail));
}

// Keeps the connection to the source alive and the topics known, so that taking over is quick, and
// says so where it could not take over.
void Pipeline::keep_warm(SteadyTime now) {
  if (auto topics = discovery_.take()) {
    standby_trouble_ = topics->ok() ? "" : topics->error().message();
    if (topics->ok()) warm_backoff_.reset();
    if (topics->ok()) {
      for (const TopicInfo& topic : **topics) {
        if (topic.partitions.empty()) standby_trouble_ = "topic " + topic.topic + " does not exist";
      }
    }
    if (!standby_trouble_.empty()) next_discovery_ = now + warm_backoff_.next();
  }
  ask_for_topics(now);
  const std::lock_guard lock(status_mutex_);
  status_.trouble = outage_.message().empty() ? standby_trouble_ : outage_.message();
}

}  // namespace tallymill
