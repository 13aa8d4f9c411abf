#include "pipeline/replay_starts.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "pipeline/topics.h"

namespace tallymill {
namespace {

constexpr Duration ask_timeout = std::chrono::seconds(10);

Error not_there(const std::string& why, const std::string& what_to_do) {
  return {Reaction::stop, "replay_impossible",
          "the table cannot be rebuilt from there: " + why + "; " + what_to_do};
}

Error topic_lost(const std::string& what) {
  return not_there(what + ", and what the table counts of it cannot be read again",
                   "to rebuild the table without that: tallymill replay --accept-topic");
}

// By place, where the pipeline began.
using Beginnings = std::map<TopicPartition, const Checkpoint*>;

Beginnings beginnings_of(const LiveStanding& standing) {
  Beginnings began;
  for (const Checkpoint& one : standing.counts_since) began[one.where] = &one;
  return began;
}

// Why what was counted of the topic cannot be read again, if it cannot.
std::optional<Error> loss_of(const Checkpoint& counted, const Beginnings& began) {
  if (is_closed(counted.topic_id)) return topic_lost("topic " + counted.where.topic + " is gone");
  const auto found = began.find(counted.where);
  if (found == began.end() || found->second->topic_id == counted.topic_id) return std::nullopt;
  return topic_lost("topic " + counted.where.topic + " was made anew since it was first read");
}

// The topic as it is now, and the first record of each partition that may belong to a window from `from`
// on, if anything tells.
struct Now {
  TopicInfo topic;
  std::vector<Offset> firsts;
};

Result<std::vector<Offset>> first_of_window(const PipelineSpec& shadow, const TopicInfo& topic,
                                            std::optional<Timestamp> from, Source& source) {
  if (!from || (shadow.event_time.field && !shadow.max_future)) return std::vector<Offset>();
  // No event is further ahead of its record than that.
  const auto ahead = shadow.event_time.field ? *shadow.max_future : std::chrono::milliseconds(0);
  const Timestamp earliest(from->microseconds() -
                           std::chrono::duration_cast<std::chrono::microseconds>(ahead).count());
  return source.resolve(topic, {StartPosition::Kind::timestamp, earliest}, ask_timeout);
}

class Starts {
 public:
  Starts(const PipelineSpec& shadow, const LiveStanding& standing, std::optional<Timestamp> from,
         LoseTopics lose, Source& source)
      : shadow_(shadow), standing_(standing), from_(from), lose_(lose), source_(source),
        began_(beginnings_of(standing)) {}

  Result<ReplayStarts> find() {
    TRY(ask());
    for (const Checkpoint& counted : standing_.checkpoints) {
      TRY_ASSIGN(Checkpoint start, start_of(counted));
      found_.checkpoints.push_back(std::move(start));
    }
    return std::move(found_);
  }

 private:
  Result<void> ask() {
    std::vector<Checkpoint> open;
    std::copy_if(standing_.checkpoints.begin(), standing_.checkpoints.end(), std::back_inserter(open),
                 [](const Checkpoint& one) { return !is_closed(one.topic_id); });
    if (open.empty()) return {};
    TRY_ASSIGN(auto topics, source_.describe(names_of(open), ask_timeout));
    for (TopicInfo& topic : topics) {
      TRY_ASSIGN(auto firsts, first_of_window(shadow_, topic, from_, source_));
      const std::string name = topic.topic;
      now_[name] = {std::move(topic), std::move(firsts)};
    }
    return {};
  }

  Result<Checkpoint> start_of(const Checkpoint& counted) {
    const std::string& name = counted.where.topic;
    const auto loss = loss_of(counted, began_);
    if (is_closed(counted.topic_id)) {
      if (lose_ == LoseTopics::no) return *loss;
      note(counted, "the topic is gone");
      return stay(counted);
    }
    const Now& now = now_.at(name);
    if (now.topic.id != counted.topic_id) {
      const bool gone = now.topic.partitions.empty();
      return not_there("topic " + name + (gone ? " does not exist any more" : " was made anew") +
                           ", and the pipeline has not gone on behind that",
                       "it has to go on first: tallymill resume --accept-topic");
    }
    const auto began = began_.find(counted.where);
    if (began == began_.end()) {
      return not_there("where " + counted.where.str() + " was first read is not known any more",
                       "tallymill reset counts anew");
    }
    const bool recreated = loss.has_value();
    if (recreated && lose_ == LoseTopics::no) return *loss;
    const auto partition =
        std::find_if(now.topic.partitions.begin(), now.topic.partitions.end(),
                     [&](const PartitionInfo& one) { return one.partition == counted.where.partition; });
    if (partition == now.topic.partitions.end()) {
      note(counted, "the topic was made anew with fewer partitions");
      return stay(counted);
    }
    if (recreated) note(*began->second, "all of the topic of that name before it was made anew");
    // A topic that was made anew was counted from its first record on, whatever it still holds of that.
    Offset start = recreated ? Offset(0) : began->second->next_offset;
    if (!now.firsts.empty()) {
      const Offset first = now.firsts[static_cast<std::size_t>(partition - now.topic.partitions.begin())];
      // At the very start of the log nobody can tell what stood before it.
      if (first > partition->log_start) start = std::max(start, first);
    }
    // Where the live pipeline stands is soon enough: the shadow must not be ahead of it.
    start = std::min(start, counted.next_offset);
    if (start < partition->log_start) return expired(counted.where, start, partition->log_start);
    return Checkpoint{counted.where, counted.topic_id, start, LeaderEpoch(), std::nullopt};
  }

  // There is nothing to read any more, and nothing to be read in vain.
  static Checkpoint stay(const Checkpoint& counted) {
    return {counted.where, counted.topic_id, counted.next_offset, LeaderEpoch(), std::nullopt};
  }

  [[nodiscard]] Error expired(const TopicPartition& where, Offset from, Offset to) const {
    const bool windows = shadow_.aggregations.front().window.has_value();
    return not_there("the topic no longer holds " + where.str() + " [" + from.str() + ", " + to.str() + ")",
                     windows ? "rebuild windows from a later time on: --from"
                             : "tallymill reset counts anew what it holds");
  }

  void note(const Checkpoint& what, const std::string& why) {
    found_.lost.push_back(what.where.str() + ": " + why);
  }

  const PipelineSpec& shadow_;
  const LiveStanding& standing_;
  const std::optional<Timestamp> from_;
  const LoseTopics lose_;
  Source& source_;
  const Beginnings began_;
  std::map<std::string, Now> now_;
  ReplayStarts found_;
};

}  // namespace

Result<void> may_leave_out(const LiveStanding& standing, LoseTopics lose) {
  if (lose == LoseTopics::yes) return {};
  const Beginnings began = beginnings_of(standing);
  for (const Checkpoint& counted : standing.checkpoints) {
    if (auto loss = loss_of(counted, began)) return *std::move(loss);
  }
  return {};
}

Result<ReplayStarts> replay_starts(const PipelineSpec& shadow, const LiveStanding& standing,
                                   std::optional<Timestamp> from, LoseTopics lose, Source& source) {
  if (standing.was_cut) {
    return not_there("the pipeline went on behind a log that was cut, and what it counted of that is gone",
                     "tallymill reset counts anew what the topics hold");
  }
  return Starts(shadow, standing, from, lose, source).find();
}

}  // namespace tallymill
