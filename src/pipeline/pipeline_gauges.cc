// What a Pipeline shows of itself once a second: lag, age, memory, lookups; and what it sees there, a
// partition that makes no progress.

#include <algorithm>
#include <iterator>
#include <map>
#include <mutex>
#include <utility>

#include "base/log.h"
#include "base/seconds.h"
#include "metrics/label_words.h"
#include "model/batch_words.h"
#include "pipeline/pipeline.h"

namespace tallymill {
namespace {

constexpr Duration gauge_period = std::chrono::seconds(1);

}  // namespace

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
    return show_age(in_seconds(now - counted_all_at_));
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
      age = in_seconds(now - last_commit_at_);  // Nothing was counted yet.
    }
    parts_.metrics.lag(checkpoint.where, static_cast<double>(lag), std::max(age, 0.0));
    partitions.push_back(std::move(status));
  }
  // While the source is away nobody knows whether there is more.
  if (!behind && unavailable_.empty()) counted_all_at_ = now;
  show_age(in_seconds(now - counted_all_at_));
  const std::lock_guard lock(status_mutex_);
  status_.partitions = std::move(partitions);
  const OutageLog& outage = outage_.message().empty() ? heart_outage_ : outage_;
  status_.trouble = unavailable_.contains(std::nullopt) ? "the source is away" : outage.message();
  if (status_.trouble.empty()) status_.trouble = missing_;
}

}  // namespace tallymill
