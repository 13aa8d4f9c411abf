#include "pipeline/positions.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "base/seeded_bug.h"
#include "model/batch_words.h"
#include "model/find_checkpoint.h"
#include "pipeline/topics.h"

namespace tallymill {
namespace {

constexpr Duration ask_timeout = std::chrono::seconds(10);

// Of one topic, in order of partition: thousands of topics may have as many each.
std::span<const Checkpoint> checkpoints_of(const Progress& progress, const std::string& topic) {
  struct ByTopic {
    bool operator()(const Checkpoint& c, const std::string& t) const { return c.where.topic < t; }
    bool operator()(const std::string& t, const Checkpoint& c) const { return t < c.where.topic; }
  };
  const auto [first, last] =
      std::equal_range(progress.checkpoints.begin(), progress.checkpoints.end(), topic, ByTopic());
  return {first, last};
}

const PartitionInfo* find_partition(const TopicInfo& topic, Partition partition) {
  const auto found =
      std::lower_bound(topic.partitions.begin(), topic.partitions.end(), partition,
                       [](const PartitionInfo& one, Partition other) { return one.partition < other; });
  return found != topic.partitions.end() && found->partition == partition ? &*found : nullptr;
}

// What is lost with a topic that was deleted or made anew, not with records of the one that is read.
bool is_of_another_topic(const Gap& gap) {
  return gap.cause == gap_cause("recreated") || gap.cause == gap_cause("deleted");
}

std::string loss_message(const std::vector<Gap>& gaps) {
  std::string message = "the topic no longer holds records that were not counted:";
  for (const Gap& gap : gaps) message += " " + gap_text(gap) + ";";
  const bool topic = std::any_of(gaps.begin(), gaps.end(), is_of_another_topic);
  const bool records = !std::all_of(gaps.begin(), gaps.end(), is_of_another_topic);
  return message + " restore them, or go on behind them and have the range recorded in the gap table: "
                   "tallymill resume" +
         (records ? " --accept-gap" : "") + (topic ? " --accept-topic" : "") +
         ", or on_data_loss: record_gap for all times";
}

bool accepted(const Orders& orders, const Gap& gap) {
  return is_of_another_topic(gap) ? orders.accept_topic : orders.accept_gap;
}

PartitionProgress start_of(const Checkpoint& checkpoint) {
  PartitionProgress partition;
  partition.where = checkpoint.where;
  partition.topic_id = checkpoint.topic_id;
  partition.from = checkpoint.next_offset;
  partition.next = checkpoint.next_offset;
  partition.leader_epoch = checkpoint.leader_epoch;
  partition.anchor = checkpoint.anchor;
  return partition;
}

void move_to(PartitionProgress& partition, Offset next) {
  partition.next = next;
  partition.leader_epoch = LeaderEpoch();
  partition.anchor.reset();
  partition.changed = true;
}

// The topic of that name is there again. One that was never deleted, whatever a broker said that did not
// know better, is read on from where it was.
void reopen(PartitionProgress& partition, const TopicId& id) {
  const bool same = partition.topic_id == closed_id(id) && !seeded(Bug::closed_topic_forgotten);
  partition.replaces_topic_id = std::exchange(partition.topic_id, id);
  if (!same) move_to(partition, Offset(0));
  partition.changed = true;
}

struct Cut {
  std::optional<Offset> lowest;
  bool somewhere = false;  // At least once, nobody can tell where.
};

Cut find_cut(const Truncations& truncations, const TopicPartition& where) {
  Cut cut;
  for (const Truncation& one : truncations) {
    if (one.where != where) continue;
    cut.somewhere = cut.somewhere || !one.at;
    if (one.at && (!cut.lowest || *one.at < *cut.lowest)) cut.lowest = one.at;
  }
  return cut;
}

// Compares one checkpoint with its partition as it is; adds what is missing to `gaps` and moves
// `partition` behind it.
void compare_one(PartitionProgress& partition, const TopicInfo& topic, const PartitionInfo* info,
                 const Truncations& truncations, std::vector<Gap>& gaps) {
  const auto lose = [&](Offset from, std::optional<Offset> to, std::string_view cause) {
    gaps.push_back({partition.where, partition.topic_id, from, to, std::string(cause)});
  };
  // Its loss is settled: it stays closed, or belongs to a topic that has fewer partitions than its former.
  if (info == nullptr && (is_closed(partition.topic_id) || topic.id == partition.topic_id)) return;
  if (is_closed(partition.topic_id)) reopen(partition, topic.id);
  const bool recreated = !partition.topic_id.empty() && topic.id != partition.topic_id &&
                         !seeded(Bug::topic_known_by_name);
  if (topic.id.empty() && (recreated || info == nullptr)) {
    lose(partition.next, std::nullopt, gap_cause("deleted"));
    // Where it stood is kept: should it turn out that it is there all the same, nothing is counted twice.
    partition.replaces_topic_id = partition.topic_id;
    partition.topic_id = closed_id(partition.topic_id);
    partition.changed = true;
    return;
  }
  if (recreated || info == nullptr) {
    lose(partition.next, std::nullopt, gap_cause("recreated"));
    partition.replaces_topic_id = std::exchange(partition.topic_id, topic.id);
    move_to(partition, info == nullptr ? Offset(0) : info->log_start);
    return;
  }
  const auto [cut_at, cut_somewhere] = find_cut(truncations, partition.where);
  Offset end = info->end;
  if (cut_at) end = std::max(info->log_start, std::min(end, *cut_at));
  if (info->log_start > partition.next) {
    lose(partition.next, info->log_start, gap_cause("retention"));
    move_to(partition, info->log_start);
  } else if (end < partition.next) {
    // What was counted from here on is gone, and what is written there since is something else.
    lose(end, std::nullopt, gap_cause("truncated"));
    move_to(partition, end);
  } else if (cut_somewhere) {
    // Reading on is all that can be done: from any lower offset something would be counted twice.
    lose(partition.anchor ? partition.anchor->offset : partition.next, std::nullopt, gap_cause("truncated"));
    move_to(partition, partition.next);
  } else if (partition.anchor) {
    // Below the log's start nobody can tell any more; then the leader epoch decides (rule R14).
    partition.anchor_unverified = partition.anchor->offset >= info->log_start;
  }
}

Error not_known_there(const TopicPartition& where) {
  return {Reaction::retry, "metadata_stale",
          "Kafka named " + where.topic + " without partition " + std::to_string(where.partition.value()) +
              ", which was read; asking again"};
}

Error start_unknown(const TopicPartition& where) {
  return {Reaction::stop, "checkpoint_gone",
          "the database went back to before " + where.str() +
              " was first read, and where that was is not known any more; restore a later backup, or "
              "count anew: tallymill reset"};
}

}  // namespace

std::string gap_text(const Gap& gap) {
  return gap.where.topic + " partition " + std::to_string(gap.where.partition.value()) + " [" +
         gap.from.str() + ", " + (gap.to ? gap.to->str() : "unknown") + ") (" + gap.cause + ")";
}

Result<Positions> compare_with_log(const Progress& progress, const std::vector<TopicInfo>& topics,
                                   OnDataLoss on_data_loss,
                                   const Truncations& truncations) {
  Positions positions;
  positions.progress = progress;
  Truncations standing = truncations;
  std::erase_if(standing, [&](const Truncation& t) { return t.last_sequence < progress.sequence; });
  for (const TopicInfo& topic : topics) {
    for (const Checkpoint& checkpoint : checkpoints_of(progress, topic.topic)) {
      const PartitionInfo* found = find_partition(topic, checkpoint.where.partition);
      PartitionProgress partition = start_of(checkpoint);
      // A topic keeps its partitions as long as its id.
      if (found == nullptr && !topic.id.empty() && topic.id == checkpoint.topic_id &&
          checkpoint.next_offset > Offset(0)) {
        return not_known_there(checkpoint.where);
      }
      compare_one(partition, topic, found, standing, positions.gaps);
      if (found == nullptr) {
        if (partition.changed) positions.closing.push_back(end_range(partition));
        continue;
      }
      positions.partitions.push_back(std::move(partition));
      positions.ends.push_back(found->end);
    }
  }
  if (on_data_loss == OnDataLoss::record_gap) return positions;
  std::vector<Gap> refused;
  std::copy_if(positions.gaps.begin(), positions.gaps.end(), std::back_inserter(refused),
               [&](const Gap& gap) { return !accepted(progress.orders, gap); });
  if (refused.empty()) return positions;
  return Error(Reaction::stop, "data_lost", loss_message(refused));
}

Result<std::vector<Checkpoint>> first_checkpoints(const Progress& progress,
                                                  const std::vector<TopicInfo>& topics,
                                                  const StartAt& start, const FirstOffsets& known,
                                                  Source& source, WallTime now) {
  std::vector<Checkpoint> first;
  for (const TopicInfo& topic : topics) {
    std::vector<Offset> starts;
    if (!progress.started || seeded(Bug::new_partitions_at_latest)) {
      StartPosition position;
      switch (start.kind) {
        case StartAt::Kind::earliest: position.kind = StartPosition::Kind::earliest; break;
        case StartAt::Kind::latest: position.kind = StartPosition::Kind::latest; break;
        case StartAt::Kind::timestamp:
          position = {StartPosition::Kind::timestamp, start.timestamp};
          break;
        case StartAt::Kind::ago:
          position = {StartPosition::Kind::timestamp,
                      Timestamp((now.time_since_epoch() - start.ago).count())};
          break;
      }
      TRY_ASSIGN(starts, source.resolve(topic, position, ask_timeout));
    }
    for (std::size_t i = 0; i < topic.partitions.size(); ++i) {
      const Partition partition = topic.partitions[i].partition;
      if (find_checkpoint(progress.checkpoints, {topic.topic, partition}) != nullptr) continue;
      const auto before = known.find({topic.topic, partition});
      if (before != known.end() && before->second) {
        first.push_back(*before->second);
        continue;
      }
      if (before != known.end() && start.kind != StartAt::Kind::earliest) {
        return start_unknown(before->first);
      }
      Checkpoint checkpoint;
      checkpoint.where = {topic.topic, partition};
      checkpoint.topic_id = topic.id;
      checkpoint.next_offset = starts.empty() ? Offset(0) : starts[i];
      first.push_back(std::move(checkpoint));
    }
  }
  return first;
}

Result<Positions> find_positions(const PipelineSpec& spec, const Progress& progress,
                                 Source& source, Store& store, WallTime now,
                                 const FirstOffsets& known, const Truncations& truncations) {
  TRY_ASSIGN(std::vector<TopicInfo> topics,
             find_topics(spec.source, progress.checkpoints, source, ask_timeout));
  std::string missing = missing_topic(spec.source, topics);
  for (const TopicInfo& topic : topics) {
    if (topic.partitions.empty() && checkpoints_of(progress, topic.topic).empty()) {
      // `start` holds for all that is there when reading begins, so all of it has to be seen at once.
      if (!spec.source.topic_patterns.empty()) missing += "; until it does, those that match a pattern wait, too";
      return Error(Reaction::retry, "topic_missing", std::move(missing));
    }
  }
  if (topics.empty()) {
    // This was the first start all the same: what comes now appears later.
    if (!progress.started) TRY(store.insert_checkpoints({}, progress));
    if (spec.source.start.kind != StartAt::Kind::earliest) missing += "; one that comes is read from its first record";
    return Error(Reaction::retry, "topic_missing", std::move(missing));
  }
  TRY_ASSIGN(const std::vector<Checkpoint> first,
             first_checkpoints(progress, topics, spec.source.start, known, source, now));
  Progress stored = progress;
  if (!first.empty()) {
    TRY_ASSIGN(stored, store.insert_checkpoints(first, progress));
    // Asked again: the log has grown since, and what was just resolved may lie beyond its end of then.
    TRY_ASSIGN(topics, find_topics(spec.source, stored.checkpoints, source, ask_timeout));
  }
  TRY_ASSIGN(Positions positions,
             compare_with_log(stored, topics, spec.on_data_loss, truncations));
  positions.missing = std::move(missing);
  // As stored: another instance may have been faster.
  for (const Checkpoint& checkpoint : first) {
    if (const Checkpoint* row = find_checkpoint(stored.checkpoints, checkpoint.where)) {
      positions.first.push_back(*row);
    }
  }
  return positions;
}

}  // namespace tallymill
