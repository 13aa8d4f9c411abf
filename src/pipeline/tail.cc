#include "pipeline/tail.h"

#include <algorithm>

namespace tallymill {
namespace {

constexpr Duration fetch_wait = std::chrono::milliseconds(100);
constexpr std::size_t records_per_fetch = 2048;

Result<void> check_events(Source& source) {
  for (const SourceEvent& event : source.poll_events(Duration::zero())) {
    switch (event.kind) {
      case SourceEvent::Kind::unavailable:
      case SourceEvent::Kind::available: break;  // Patience bounds the wait.
      case SourceEvent::Kind::failed:
      case SourceEvent::Kind::out_of_range:
      case SourceEvent::Kind::truncated: return event.error;
    }
  }
  return {};
}

}  // namespace

std::vector<TailRange> tail_of(const std::vector<TopicInfo>& topics, std::int64_t count) {
  std::vector<TailRange> all;
  for (const TopicInfo& topic : topics) {
    for (const PartitionInfo& partition : topic.partitions) {
      if (partition.end <= partition.log_start) continue;
      all.push_back({{topic.topic, partition.partition}, partition.log_start, partition.end});
    }
  }
  // The shortest first: what it cannot give is left for those that follow.
  std::sort(all.begin(), all.end(), [](const TailRange& a, const TailRange& b) {
    return a.to.value() - a.from.value() < b.to.value() - b.from.value();
  });
  int128 left = count;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto others = static_cast<int128>(all.size() - i);
    const int128 share = std::min((left + others - 1) / others,
                                  all[i].to.value() - all[i].from.value());
    all[i].from = Offset(all[i].to.value() - share);
    left -= share;
  }
  std::erase_if(all, [](const TailRange& range) { return range.from == range.to; });
  std::sort(all.begin(), all.end(),
            [](const TailRange& a, const TailRange& b) { return a.where < b.where; });
  return all;
}

Result<void> read_tail(Source& source, const std::vector<TailRange>& ranges, const Clock& clock,
                       Duration patience,
                       const std::function<bool(std::span<const Record>)>& take) {
  Assignment assignment;
  assignment.epoch = AssignmentEpoch(1);
  std::vector<Offset> next;
  for (const TailRange& range : ranges) {
    assignment.partitions.push_back({range.where, range.from, LeaderEpoch(), 0});
    next.push_back(range.from);
  }
  TRY(source.assign(assignment));
  const auto is_over = [&] {
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      if (next[i] < ranges[i].to) return false;
    }
    return true;
  };
  SteadyTime moved_at = clock.steady_now();
  Chunk chunk;
  while (!is_over()) {
    chunk.records.clear();
    chunk.reached.clear();
    source.fetch(0, records_per_fetch, fetch_wait, chunk);
    TRY(check_events(source));
    // What was written meanwhile is not asked for.
    std::erase_if(chunk.records, [&](const Record& record) {
      const std::size_t i = record.source_partition;
      next[i] = std::max(next[i], record.offset.next());
      return record.offset >= ranges[i].to;
    });
    for (const Chunk::Reached& reached : chunk.reached) {
      Offset& position = next[reached.source_partition];
      position = std::max(position, reached.position);
    }
    const SteadyTime now = clock.steady_now();
    if (!chunk.empty()) moved_at = now;
    if (!chunk.records.empty() && !take(chunk.records)) return {};
    chunk.holder.reset();
    if (now - moved_at < patience) continue;
    return Error(Reaction::retry, "source_away",
                 "the source did not deliver the records in time; try again when it is back");
  }
  return {};
}

}  // namespace tallymill
