#pragma once

// What one fold worker has folded since the last cut, and how far it has read.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aggregate/group_table.h"
#include "base/clock.h"
#include "model/batch.h"
#include "model/record.h"

namespace tallymill {

// One partition of the current assignment, as a worker follows it.
struct PartitionProgress {
  TopicPartition where;
  TopicId topic_id;
  std::size_t topic_index = 0;
  std::optional<TopicId> replaces_topic_id;
  Offset from;                     // Where the open batch starts: the stored checkpoint.
  Offset next;                     // Next to fold. Messages below it are ignored.
  LeaderEpoch leader_epoch;
  std::optional<Anchor> anchor;
  bool anchor_unverified = false;  // The first message may be the anchor itself: to be compared.
  std::optional<Offset> limit;     // Nothing at or above it is folded (drain, isolation).
  bool changed = false;            // The checkpoint has to move even if `next` equals `from`.

  [[nodiscard]] bool at_limit() const { return limit && next >= *limit; }
};

// What identifies a record that was counted last.
[[nodiscard]] Anchor anchor_of(const Record& record);

// What is said of a log that holds another record at the anchor's offset; `next` is the checkpoint
// behind it.
[[nodiscard]] std::string rewritten_log(Offset next);

// Ends the range that is open in the partition and begins the next one where it ends.
[[nodiscard]] BatchRange end_range(PartitionProgress& partition);

// Records that could not be used for one reason, whether they are dead letters or skipped.
struct Unusable {
  std::int64_t count = 0;
  std::string example;  // One of them, and what was wrong with it.
};
// By reason code.
using UnusableByReason = std::map<std::string_view, Unusable>;

struct Part {
  std::vector<BatchRange> ranges;  // Of partitions that moved.
  BatchCounts counts;
  UnusableByReason unusable;
  std::vector<GroupTable> tables;  // One per aggregation.
  std::vector<Gap> gaps;           // Found while reading, accepted by on_data_loss: record_gap.
  std::vector<DeadLetter> dead_letters;
  std::size_t dead_letter_bytes = 0;
  RecordSet refused;               // As Batch::refused.
  std::optional<Timestamp> min_event_time;
  std::optional<Timestamp> max_event_time;
  std::optional<Timestamp> min_record_time;
  std::optional<Timestamp> max_record_time;
  TimeCounts record_times;
  TimeCounts event_times;
  std::optional<SteadyTime> first_record_at;
};

// Makes a range of times hold another one as well; of neither need there be any.
inline void widen(std::optional<Timestamp>& lowest, std::optional<Timestamp>& highest,
                  const std::optional<Timestamp>& low, const std::optional<Timestamp>& high) {
  if (low && (!lowest || *low < *lowest)) lowest = low;
  if (high && (!highest || *high > *highest)) highest = high;
}

}  // namespace tallymill
