// What a Pipeline does beside its batches: the source's events, lease, retention, new partitions.

#include <algorithm>
#include <map>
#include <utility>

#include "base/log.h"
#include "base/seeded_bug.h"
#include "model/batch_words.h"
#include "pipeline/pipeline.h"
#include "pipeline/topics.h"

namespace tallymill {
namespace {

constexpr Duration prune_period = std::chrono::seconds(60);
// Heartbeats keep the lease; whether an instance is there at all, commands see by the renewals, of which
// they forgive three.
constexpr Duration rare_renewal = std::chrono::seconds(8);
constexpr Duration describe_timeout = std::chrono::seconds(10);

}  // namespace

void Pipeline::handle_events(SteadyTime now) {
  for (const SourceEvent& event : parts_.source.poll_events(Duration::zero())) {
    switch (event.kind) {
      case SourceEvent::Kind::unavailable:
      case SourceEvent::Kind::available: note_availability(event); break;
      case SourceEvent::Kind::out_of_range:
      case SourceEvent::Kind::truncated:
        // The comparison at the start that follows finds what is missing and names it. A log that
        // was cut and has grown past the checkpoint since looks whole to it, so it is told.
        if (phase_ != Phase::running || event.epoch != epoch_) break;
        if (event.where && event.kind == SourceEvent::Kind::truncated) {
          truncations_.push_back({*event.where, event.offset});
        }
        retry_at_ = now + start_backoff_.next();
        drop(drop_cause("position_lost"), event.error.message(), now);
        break;
      case SourceEvent::Kind::failed:
        if (phase_ != Phase::running || (event.where && event.epoch != epoch_)) break;
        stop(event.error, now);
        break;
    }
  }
}

// One line when the first partition, or the source as a whole, has trouble, and one when the last is
// over it: a broker that restarts may lead hundreds.
void Pipeline::note_availability(const SourceEvent& event) {
  const bool before = !unavailable_.empty();
  if (event.kind == SourceEvent::Kind::unavailable) {
    unavailable_.insert(event.where);
    if (before) return;
    log_warn("source not available; reading goes on when it is back",
             {{"pipeline", spec_.name}, {"error", event.error.message()}});
    note_waiting(event.error);
    return;
  }
  unavailable_.erase(event.where);
  if (before && unavailable_.empty()) {
    log_info("source available again", {{"pipeline", spec_.name}});
  }
}

// Only while no commit is under way: none of this may delay one by more than one small statement.
void Pipeline::keep_up(SteadyTime now) {
  if (auto done = upkeep_.take()) {
    writer_moved_at_ = now;
    if (done->ok()) {
      if ((*done)->standing && !check(*(*done)->standing, now)) return;
      if ((*done)->more_to_prune) next_prune_ = now;
      if ((*done)->orders) obey(*(*done)->orders, now);
      if ((*done)->standing) note_hearing(now);
    }
    // While a batch waits to be tried again, its tries tell of the outage.
    if (!waiting_) done->ok() ? outage_.worked(now) : outage_.failed(done->error(), now);
    if (!done->ok()) deaf_since_.reset();
  }
  discover_partitions(now);
  if (phase_ != Phase::running) return;
  if (commit_.busy() || upkeep_.busy()) return;
  // Every commit renews the lease too. One that has to wait does not: whoever waits lives.
  if (doubtful_ || now - std::max(renewed_at_, last_commit_at_) >= renewal_period(now)) {
    renew_lease(now);
  } else if (!waiting_ && now >= next_prune_) {
    next_prune_ = now + prune_period;
    upkeep_.start(
        parts_.writer,
        [&store = parts_.store]() -> Result<Upkeep> {
          TRY_ASSIGN(const bool more, store.prune());
          return Upkeep{more, {}, {}};
        },
        wake_);
  }
}

// In an outage, the heart's or the store's, the lease hangs on the renewals, and they tell of its end.
Duration Pipeline::renewal_period(SteadyTime now) const {
  const bool well = !is_deaf(now) && outage_.message().empty();
  return well ? rare_renewal : options_.lease.renewal;
}

void Pipeline::renew_lease(SteadyTime now) {
  renewed_at_ = now;
  doubtful_ = false;
  upkeep_.start(
      parts_.writer,
      [&store = parts_.store, expected = expected_sequence(), deaf = is_deaf(now)]() -> Result<Upkeep> {
        TRY_ASSIGN(const auto stands_at, store.renew_lease());
        Upkeep found{false, Standing{expected, stands_at}, {}};
        if (deaf) {
          TRY_ASSIGN(found.orders, store.observe_orders());
        }
        return found;
      },
      wake_);
}

// Of a pipeline that renews no lease.
void Pipeline::look_for_orders(SteadyTime now) {
  if (auto done = upkeep_.take(); done && done->ok() && (*done)->orders) obey(*(*done)->orders, now);
  if (phase_ == Phase::starting || upkeep_.busy()) return;
  if (!is_deaf(now) || now - renewed_at_ < options_.lease.renewal) return;
  renewed_at_ = now;
  upkeep_.start(
      parts_.writer,
      [&store = parts_.store]() -> Result<Upkeep> {
        TRY_ASSIGN(const Orders orders, store.observe_orders());
        return Upkeep{false, {}, orders};
      },
      wake_);
}

// A batch that waits may have been committed without our knowing: its next try finds out.
std::optional<std::int64_t> Pipeline::expected_sequence() const {
  return waiting_ ? std::nullopt : std::optional(sequence_);
}

bool Pipeline::check(const Standing& standing, SteadyTime now) {
  if (!standing.found) {
    drop(drop_cause("lease_lost"), "another instance holds the lease", now);
    return false;
  }
  // Higher: retried dead letters took numbers. The next commit finds that out.
  if (!standing.expected || *standing.found >= *standing.expected) return true;
  drop(drop_cause("rewound"), "the database forgot batches that it had acknowledged", now);
  return false;
}

void Pipeline::discover_partitions(SteadyTime now) {
  if (auto topics = discovery_.take()) {
    if (topics->ok()) {
      if (!compare_with_assigned(**topics, now)) return;
    } else if (topics->error().code() == "too_many_partitions") {
      reassign_wanted_ = true;  // The start that follows stops for it.
    } else if (topics->error().reaction() == Reaction::stop) {
      miss("new topics and partitions cannot be found: " + topics->error().message());
    }
  }
  if (!options_.drain) ask_for_topics(now);
}

bool Pipeline::compare_with_assigned(const std::vector<TopicInfo>& topics, SteadyTime now) {
  const std::map<TopicPartition, TopicId> assigned(assigned_.begin(), assigned_.end());
  for (const TopicInfo& topic : topics) {
    for (auto one = assigned.lower_bound({topic.topic, Partition(0)});
         one != assigned.end() && one->first.topic == topic.topic; ++one) {
      if (one->second == topic.id || seeded(Bug::topic_known_by_name)) continue;
      drop(drop_cause("topic_changed"), "topic " + topic.topic + " was deleted or made anew", now);
      return false;
    }
    for (const PartitionInfo& partition : topic.partitions) {
      const TopicPartition where{topic.topic, partition.partition};
      if (assigned.contains(where) || std::exchange(reassign_wanted_, true)) continue;
      log_info("new partition found", {{"pipeline", spec_.name}, {"partition", where.str()}});
    }
  }
  miss(missing_topic(spec_.source, topics));
  return true;
}

// What the pipeline waits for while it reads what there is.
void Pipeline::miss(std::string missing) {
  if (missing == missing_) return;
  missing_ = std::move(missing);
  if (!missing_.empty()) log_warn(missing_, {{"pipeline", spec_.name}});
}

void Pipeline::ask_for_topics(SteadyTime now) {
  if (discovery_.busy() || now < next_discovery_) return;
  next_discovery_ = now + options_.metadata_refresh;
  // A standby's are of another time.
  std::vector<Checkpoint> read = phase_ == Phase::running ? committed_ : std::vector<Checkpoint>();
  discovery_.start(
      parts_.inquiries,
      [&source = parts_.source, &spec = spec_.source, read = std::move(read)] {
        return find_topics(spec, read, source, describe_timeout);
      },
      wake_);
}

}  // namespace tallymill
