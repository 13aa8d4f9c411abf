// What a Pipeline does beside its batches: the source's events, lease, retention, new partitions,
// gauges.

#include <algorithm>
#include <map>
#include <utility>

#include "base/log.h"
#include "base/seeded_bug.h"
#include "metrics/label_words.h"
#include "model/batch_words.h"
#include "pipeline/pipeline.h"
#include "pipeline/topics.h"

namespace tallymill {
namespace {

constexpr Duration prune_period = std::chrono::seconds(60);
// Heartbeats keep the lease; whether an instance is there at all, commands see by the renewals, of which
// they forgive three.
constexpr Duration rare_renewal = std::chrono::seconds(8);
constexpr Duration gauge_period = std::chrono::seconds(1);
constexpr Duration describe_timeout = std::chrono::seconds(10);

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

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

void Pipeline::observe(SteadyTime now) {
  if (now < next_gauges_) return;
  next_gauges_ = now + gauge_period;
  if (phase_ != Phase::running) return observe_waiting(now);
  std::map<TopicPartition, Offset> ends;
  const auto known = parts_.source.known_ends();
  for (std::size_t i = 0; i < std::min(known.size(), assigned_.size()); ++i) {
    if (known[i]) ends[assigned_[i].first] = *known[i];
  }
  observe_partitions(ends, now);
  std::size_t open = 0;
  std::vector<PartitionProgress> progress;
  for (const auto& worker : workers_) {
    open += worker->open_bytes();
    auto part = worker->progress();
    std::move(part.begin(), part.end(), std::back_inserter(progress));
  }
  parts_.metrics.memory(memory_owner("open_batch"), open);
  parts_.metrics.memory(memory_owner("cut_batch"), writer_idle() ? 0 : cut_bytes_);
  parts_.metrics.memory(memory_owner("prefetch"), parts_.source.prefetched_bytes());
  parts_.metrics.memory(memory_owner("serialization"), parts_.store.buffered_bytes());
  parts_.metrics.memory(memory_owner("lookups"), lookups_.memory_bytes());
  observe_lookups(now);
  parts_.metrics.reconnects(parts_.store.reconnects());
  const auto stalled = watchdog_.look(progress, ends, winding_up_ || is_full() || !unavailable_.empty(), now);
  for (const TopicPartition& where : stalled) {
    parts_.metrics.partition_stalled(where);
    log_error("partition makes no progress although it is behind; reading it anew",
              {{"pipeline", spec_.name}, {"partition", where.str()}});
  }
  if (!stalled.empty()) drop(drop_cause("partition_stalled"), stalled.front().str(), now);
}

void Pipeline::observe_lookups(SteadyTime now) {
  std::vector<LookupStatus> lookups = lookups_.standing(now);
  for (const LookupStatus& one : lookups) parts_.metrics.lookup(one.name, one.age, one.refresh);
  const std::lock_guard lock(status_mutex_);
  status_.lookups = std::move(lookups);
}

// Whoever only waits for its turn, or for a first topic that matches, is never late; one that cannot start,
// or stopped, is more so by the second.
void Pipeline::observe_waiting(SteadyTime now) {
  if (phase_ != Phase::starting) parts_.metrics.progress_unknown();
  if (phase_ == Phase::starting || phase_ == Phase::stopped) {
    if (nothing_yet_) counted_all_at_ = now;
    return show_age(seconds(now - counted_all_at_));
  }
  counted_all_at_ = now;
  show_age(std::nullopt);
}

void Pipeline::show_age(std::optional<double> seconds) {
  parts_.metrics.checkpoint_age(seconds);
  const std::lock_guard lock(status_mutex_);
  status_.checkpoint_age = seconds;
}

// Lag and age. A pipeline that has counted all there is is as old as that fact, not as its last
// commit.
void Pipeline::observe_partitions(const std::map<TopicPartition, Offset>& ends, SteadyTime now) {
  const Timestamp wall = timestamp_of(parts_.clock.wall_now());
  bool behind = anything_open() || ends.size() < assigned_.size();
  std::vector<PartitionStatus> partitions;
  for (const Checkpoint& checkpoint : committed_) {
    if (is_closed(checkpoint.topic_id)) {
      parts_.metrics.lag_gone(checkpoint.where);
      continue;
    }
    PartitionStatus status{checkpoint.where, checkpoint.next_offset, std::nullopt};
    if (const auto end = ends.find(checkpoint.where); end != ends.end()) status.end = end->second;
    const std::int64_t lag = status.lag().value_or(0);
    behind = behind || lag > 0;
    double age = 0;
    if (lag > 0 && checkpoint.anchor) {
      age = static_cast<double>(wall.microseconds() - checkpoint.anchor->timestamp.microseconds()) /
            1e6;
    } else if (lag > 0) {
      age = seconds(now - last_commit_at_);  // Nothing was counted yet.
    }
    parts_.metrics.lag(checkpoint.where, static_cast<double>(lag), std::max(age, 0.0));
    partitions.push_back(std::move(status));
  }
  // While the source is away nobody knows whether there is more.
  if (!behind && unavailable_.empty()) counted_all_at_ = now;
  show_age(seconds(now - counted_all_at_));
  const std::lock_guard lock(status_mutex_);
  status_.partitions = std::move(partitions);
  const OutageLog& outage = outage_.message().empty() ? heart_outage_ : outage_;
  status_.trouble = unavailable_.contains(std::nullopt) ? "the source is away" : outage.message();
  if (status_.trouble.empty()) status_.trouble = missing_;
}

}  // namespace tallymill
