#include "pipeline/replay.h"

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "config/fingerprint.h"
#include "pipeline/topics.h"

namespace tallymill {
namespace {

constexpr Duration ask_timeout = std::chrono::seconds(10);
// A round that took no longer leaves so little that the daemon may wait for the rest.
constexpr Duration close_behind = std::chrono::seconds(4);

DrainLimits limits_of(const LiveStanding& standing) {
  DrainLimits limits;
  for (const Checkpoint& live : standing.checkpoints) limits[live.where] = live.next_offset;
  return limits;
}

const Checkpoint* find(const std::vector<Checkpoint>& checkpoints, const TopicPartition& where) {
  for (const Checkpoint& one : checkpoints) {
    if (one.where == where) return &one;
  }
  return nullptr;
}

Error not_there(const std::string& why) {
  return {Reaction::stop, "replay_impossible",
          "the table cannot be rebuilt from there: " + why +
              "; windows alone can be rebuilt from a later time: --from"};
}

// The first record of each partition that may belong to a window from `from` on, if anything tells.
Result<std::vector<Offset>> first_of_window(const PipelineSpec& live, const TopicInfo& topic,
                                            std::optional<Timestamp> from, Source& source) {
  if (!from || (live.event_time.field && !live.max_future)) return std::vector<Offset>();
  // No event is further ahead of its record than that.
  const auto ahead = live.event_time.field ? *live.max_future : std::chrono::milliseconds(0);
  const Timestamp earliest(from->microseconds() -
                           std::chrono::duration_cast<std::chrono::microseconds>(ahead).count());
  return source.resolve(topic, {StartPosition::Kind::timestamp, earliest}, ask_timeout);
}

}  // namespace

PipelineSpec shadow_of(const PipelineSpec& live, const std::string& aggregation,
                       std::optional<Timestamp> from) {
  PipelineSpec shadow = live;
  shadow.name = live.name + ".replay." + aggregation;
  shadow.shadow = true;
  shadow.renamed_from.reset();
  shadow.source.group_id += ".replay." + aggregation;
  std::erase_if(shadow.aggregations,
                [&](const AggregationSpec& one) { return one.name != aggregation; });
  shadow.aggregations.front().plan.table += "_replay";
  shadow.aggregations.front().plan.retention.reset();
  // Its records were judged before, and a lost one must not be passed over.
  shadow.max_dead_letter_ratio = 1;
  shadow.on_data_loss = OnDataLoss::stop;
  set_fingerprints(shadow);
  if (from) shadow.fingerprint = to_hex(digest_of(shadow.fingerprint + " from " + to_string(*from)));
  return shadow;
}

Result<std::vector<Checkpoint>> replay_starts(const PipelineSpec& live,
                                              const LiveStanding& standing,
                                              std::optional<Timestamp> from, Source& source) {
  if (standing.was_cut) return not_there("the pipeline went on behind a log that was cut");
  TRY_ASSIGN(const auto topics, source.describe(names_of(standing.checkpoints), ask_timeout));
  std::vector<Checkpoint> starts;
  for (const TopicInfo& topic : topics) {
    if (topic.partitions.empty()) return not_there("topic " + topic.topic + " does not exist any more");
    TRY_ASSIGN(const auto firsts, first_of_window(live, topic, from, source));
    for (std::size_t i = 0; i < topic.partitions.size(); ++i) {
      const PartitionInfo& partition = topic.partitions[i];
      const TopicPartition where{topic.topic, partition.partition};
      if (find(standing.checkpoints, where) == nullptr) continue;  // Not counted yet.
      const Checkpoint* began = find(standing.counts_since, where);
      if (began == nullptr || began->topic_id != topic.id) {
        return not_there("topic " + topic.topic + " was made anew since it was first read");
      }
      Offset start = began->next_offset;
      // At the very start of the log nobody can tell what stood before it.
      if (!firsts.empty() && firsts[i] > partition.log_start) start = std::max(start, firsts[i]);
      if (start < partition.log_start) {
        return not_there("the topic no longer holds " + where.str() + " [" + start.str() + ", " +
                         partition.log_start.str() + ")");
      }
      starts.push_back({where, topic.id, start, LeaderEpoch(), std::nullopt});
    }
  }
  std::sort(starts.begin(), starts.end(),
            [](const Checkpoint& a, const Checkpoint& b) { return a.where < b.where; });
  return starts;
}

Result<std::int64_t> replay(const ReplayParts& parts) {
  for (std::int64_t round = 1;; ++round) {
    parts.progress(round);
    TRY_ASSIGN(const LiveStanding standing, parts.store.look());
    const SteadyTime began = parts.clock.steady_now();
    TRY(parts.count(limits_of(standing), standing.rejected));
    if (parts.clock.steady_now() - began <= close_behind) break;
  }
  TRY_ASSIGN(const LiveStanding standing, parts.store.hold());
  auto counted = parts.count(limits_of(standing), standing.rejected);
  if (!counted.ok()) {
    parts.store.let_go();
    return counted.error();
  }
  return parts.store.exchange();
}

}  // namespace tallymill
