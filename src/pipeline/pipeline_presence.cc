// What a Pipeline and those of other instances know of each other: heartbeats, and handing over to one
// that asks.

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "model/batch_words.h"
#include "pipeline/pipeline.h"
#include "pipeline/topics.h"

namespace tallymill {
namespace {

// However long a lease may stand still: orders come with heartbeats.
constexpr Duration longest_beat = std::chrono::seconds(1);

// Longer than heartbeats are ever put off.
constexpr Duration patience_with_heart = std::chrono::seconds(10);

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
  if (auto found = heartbeat_.take()) {
    shown_ = found->ok();
    if (found->ok()) {
      heart_backoff_.reset();
      heart_outage_.worked(now);
      deaf_since_.reset();
      heed(**found, now);
      meet(std::move((*found)->peers));
    } else {
      heart_error_ = found->error().message();
      next_beat_ = now + heart_backoff_.next();
    }
  }
  if (heartbeat_.busy() || now < next_beat_ || release_started_) return;
  // All pipelines of a process at the same times, so that one exchange takes them all along.
  next_beat_ = now - now.time_since_epoch() % beat_period() + beat_period();
  if (!commit_.busy() && !upkeep_.busy() && !start_.busy()) writer_moved_at_ = now;
  const bool works = now - writer_moved_at_ < longest_work;
  // A start that failed keeps no lease: another instance may see more of the world.
  const bool counts =
      works && (phase_ == Phase::running || (phase_ == Phase::starting && !start_failed_));
  const bool asks = phase_ == Phase::standby && !options_.drain && standby_trouble_.empty();
  said_ = {phase_, epoch_, expected_sequence(), now};
  parts_.presence.say({std::string(to_string(state())), counts, asks});
  heartbeat_.start(parts_.heart, [&presence = parts_.presence] { return presence.hear(); }, wake_);
}

// What the store has of the pipeline. Commits find all of this out, too; it is for a pipeline that has
// nothing to commit.
void Pipeline::heed(const Surroundings& found, SteadyTime now) {
  if (said_.phase != phase_ || said_.epoch != epoch_ || commit_.busy()) return;
  obey(found.orders, now);
  if (phase_ != Phase::running || pause_wanted_) return;
  // Not the last word: after a failover the heart may hang on the former primary, and commits not.
  doubtful_ = !found.stands_at || (said_.sequence && *found.stands_at < *said_.sequence);
}

Duration Pipeline::beat_period() const { return std::min(options_.lease.renewal, longest_beat); }

// Its heartbeats are not answered: then it asks the store itself.
bool Pipeline::is_deaf(SteadyTime now) const {
  return !shown_ || (heartbeat_.busy() && now - said_.at > beat_period());
}

// After the store itself has answered. Where it did not either, its outage is what counts, and heartbeats
// come back a little later: they are tried at once, and worth a word only if that does not help.
void Pipeline::note_hearing(SteadyTime now) {
  if (!is_deaf(now)) return;
  if (!deaf_since_) {
    deaf_since_ = now;
    next_beat_ = now;
  }
  if (now - *deaf_since_ < patience_with_heart) return;
  const std::string why = heart_error_.empty() ? "no answer" : heart_error_;
  heart_outage_.failed(Error(Reaction::retry, "heartbeat", "heartbeats are not answered, other statements are: " + why), now);
}

void Pipeline::obey(const Orders& orders, SteadyTime now) {
  if (phase_ != Phase::running && phase_ != Phase::paused && phase_ != Phase::stopped) return;
  const bool is_new = orders_given_ && orders.given > *orders_given_;
  orders_given_ = orders.given;
  if (phase_ == Phase::running) {
    pause_wanted_ = pause_wanted_ || orders.paused;
    // It may have been a reset, and with nothing to commit nothing else would tell.
    if (is_new && !orders.paused) drop(drop_cause("command"), "a command was given", now);
  } else if (phase_ == Phase::paused ? !orders.paused : is_new) {
    log_info("a command lets the pipeline go on", {{"pipeline", spec_.name}});
    retry_at_ = now;  // However long it would have waited by itself.
    set_phase(Phase::starting, "told to go on");
  }
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
        return Upkeep{};
      },
      wake_);
  stand_by(successor.instance, "was given the pipeline", now);
}

void Pipeline::stand_by(const std::string& instance, const char* how, SteadyTime now) {
  next_discovery_ = now;
  counts_ = false;
  ahead_ = instance;
  set_phase(Phase::standby, "instance " + instance + " " + how);
}

// Keeps the connection to the source alive and the topics known, so that taking over is quick, and
// says so where it could not take over.
void Pipeline::keep_warm(SteadyTime now) {
  if (auto topics = discovery_.take()) {
    if (topics->ok()) {
      warm_backoff_.reset();
      miss(missing_topic(spec_.source, **topics));
      const bool could_start = !(*topics)->empty() &&
                               std::all_of((*topics)->begin(), (*topics)->end(),
                                           [](const TopicInfo& one) { return !one.partitions.empty(); });
      standby_trouble_ = could_start ? "" : missing_;
    } else {
      standby_trouble_ = topics->error().message();
    }
    if (!standby_trouble_.empty()) next_discovery_ = now + warm_backoff_.next();
  }
  ask_for_topics(now);
  const std::lock_guard lock(status_mutex_);
  status_.trouble = outage_.message().empty() ? standby_trouble_ : outage_.message();
  if (status_.trouble.empty()) status_.trouble = missing_;
}

}  // namespace tallymill
