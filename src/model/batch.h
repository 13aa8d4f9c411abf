#pragma once

// A batch: everything that one transaction commits. Built at a cut, immutable afterwards, either
// committed whole or dropped whole (rule R13).

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "model/lookup_table.h"
#include "model/position.h"
#include "model/rows.h"
#include "model/time_counts.h"
#include "model/timestamp.h"

namespace tallymill {

// The last record counted in a partition: tells a topic made anew from the one it replaced.
struct Anchor {
  Offset offset;
  Timestamp timestamp;
  std::uint64_t hash = 0;  // Of the record's key and value; stable between processes.
  friend bool operator==(const Anchor&, const Anchor&) = default;
};

// Progress of one partition, as stored.
struct Checkpoint {
  TopicPartition where;
  TopicId topic_id;
  Offset next_offset;
  LeaderEpoch leader_epoch;
  std::optional<Anchor> anchor;
};

// What a batch read of one partition: [from, to).
struct BatchRange {
  TopicPartition where;
  TopicId topic_id;
  Offset from;  // What the stored checkpoint must be for the commit to be ours.
  Offset to;    // Below `from` only after a truncation that on_data_loss: record_gap accepted.
  // The id under which the stored checkpoint stands, where it is not `topic_id`: the topic was made
  // anew and on_data_loss: record_gap accepted it.
  std::optional<TopicId> replaces_topic_id;
  LeaderEpoch leader_epoch;
  std::optional<Anchor> anchor;  // Unchanged from the checkpoint if no record was counted.
};

// Promise P2: read = used + skipped + rejected; for each aggregation used = folded + filtered + late.
struct AggregationCounts {
  std::int64_t folded = 0;
  std::int64_t filtered = 0;
  std::int64_t late = 0;
};

struct BatchCounts {
  std::int64_t read = 0;
  std::int64_t used = 0;
  std::int64_t skipped = 0;   // Tombstones; records that `on_error: skip` or a lookup miss let go.
  std::int64_t rejected = 0;  // In the dead-letter table, aggregation ''.
  std::int64_t unusable = 0;  // Rejected, and skipped for what would have been a rejection.
  std::vector<AggregationCounts> aggregations;

  // Returns nothing if every equality of P2 holds, else the one that does not, in words.
  [[nodiscard]] std::optional<std::string> imbalance() const;
  void add(const BatchCounts& other);
};

struct DeadLetter {
  TopicPartition where;
  TopicId topic_id;
  Offset offset;
  Timestamp timestamp;      // The record's Kafka timestamp.
  std::string aggregation;  // Empty: the record was rejected whole.
  std::string reason;       // A code of model/reason.h.
  std::string message;      // What was wrong and where; never a value of the payload.
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;
  bool truncated = false;   // key, value or headers were cut to dead_letters.max_bytes.
};

// Records that the topic no longer holds: [from, to); `to` unknown if nobody can tell.
struct Gap {
  TopicPartition where;
  TopicId topic_id;
  Offset from;
  std::optional<Offset> to;
  std::string cause;  // Of gap_causes.
};

// A version of a lookup that the batch used.
struct LookupUse {
  std::string name;
  Digest content_hash{};
  std::shared_ptr<const LookupTable> table;  // To be stored if this version is not yet.
};

struct BatchTimings {
  Duration fold{};  // CPU-independent: from the batch's first record to its cut.
  Duration wait{};  // From the cut until the writer was free.
};

struct Batch {
  // Grows by one per committed batch of the pipeline. The id tells two tries at one sequence apart.
  std::int64_t sequence = 0;
  std::string id;  // Random, 32 hexadecimal digits.
  std::string fingerprint;
  std::vector<BatchRange> ranges;               // In (topic, partition) order.
  BatchCounts counts;
  std::vector<std::shared_ptr<const Rows>> rows;  // One per aggregation, in the spec's order.
  std::vector<DeadLetter> dead_letters;
  // Records that were rejected for no reason of their own: the database refuses them (rule R16).
  // Whoever reads the ranges again has to reject them, too.
  RecordSet refused;
  std::vector<Gap> gaps;
  std::vector<LookupUse> lookups;
  // A dead letter that is offered again: to this aggregation, or, if empty, to all. Such a batch moves
  // no checkpoint: its one range holds that record alone, and lies below them.
  std::optional<std::string> retries;
  std::optional<Timestamp> min_event_time;
  std::optional<Timestamp> max_event_time;
  std::optional<Timestamp> min_record_time;  // Of the records' Kafka timestamps.
  std::optional<Timestamp> max_record_time;
  TimeCounts record_times;  // For latency histograms; not stored.
  TimeCounts event_times;
  // Over the canonical contribution: ranges, rows, rejects. It covers the two that follow, which tell
  // where two contributions differ.
  Digest digest{};
  std::vector<Digest> table_digests;  // One per aggregation, in the spec's order.
  Digest rejects_digest{};
  BatchTimings timings;

  // Of all tables.
  [[nodiscard]] std::int64_t row_count() const {
    std::int64_t sum = 0;
    for (const auto& table : rows) sum += static_cast<std::int64_t>(table->size());
    return sum;
  }
  // True if committing it would change nothing but the checkpoint; then no ledger row is written.
  [[nodiscard]] bool did_something() const {
    return counts.read > 0 || !dead_letters.empty() || !gaps.empty();
  }
};

}  // namespace tallymill
