#pragma once

// What a History tells: plain values, for whoever shows them. Durations are on the steady clock, points
// in time on the wall clock.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/position.h"

namespace tallymill {

// Something that went wrong, however often it did.
struct Trouble {
  enum class Kind : std::uint8_t {
    waiting,  // For Kafka, Postgres or a file; the same is tried again by itself.
    dropped,  // What was in memory is read again from the checkpoint.
    stopped,  // A person must act.
  };
  Kind kind = Kind::waiting;
  std::string code;     // As Error's, or the cause of a drop; may be empty.
  std::string message;  // The last one.
  std::int64_t times = 1;
  WallTime first{};
  WallTime last{};
};

struct OffsetRange {
  TopicPartition where;
  Offset from;
  Offset to;  // Behind the last one.
};

// A batch that is durable.
struct CommittedBatch {
  std::int64_t sequence = 0;
  std::string id;  // As in the ledger.
  WallTime committed_at{};
  std::int64_t read = 0;
  std::int64_t used = 0;
  std::int64_t skipped = 0;
  std::int64_t rejected = 0;
  std::int64_t rows = 0;
  Duration fold{};
  Duration wait{};
  Duration upsert{};
  Duration commit{};
  std::size_t partitions = 0;
  std::vector<OffsetRange> ranges;  // Of the first partitions only; the ledger has all.
};

// Seconds within which half, 95 % and 99 % of the records were visible; nothing without records.
struct LatencyView {
  std::int64_t records = 0;
  std::optional<double> p50;
  std::optional<double> p95;
  std::optional<double> p99;
};

struct MinuteView {
  std::int64_t ago = 0;  // Whole minutes; 0 is the one that goes on.
  std::int64_t records = 0;
  std::int64_t rejected = 0;
  std::int64_t rows = 0;
  LatencyView latency;
};

// A dead letter as it is shown: no more than the first bytes.
struct LetterSample {
  TopicPartition where;
  Offset offset;
  std::string aggregation;
  std::string message;
  std::optional<std::string> key;
  std::optional<std::string> value;
};

struct LettersView {
  std::string reason;
  std::int64_t count = 0;  // Since this process began.
  WallTime last{};
  std::vector<LetterSample> samples;  // The newest last; empty unless they are wanted.
};

// What one line can hold.
struct HistorySummary {
  double records_per_second = 0;  // Over the last minute, or since the process began.
  double rows_per_second = 0;
  LatencyView latency;  // Over the last hour.
  std::int64_t dead_letters = 0;  // Since this process began.
};

struct HistoryView {
  HistorySummary summary;
  std::vector<CommittedBatch> batches;  // The oldest first.
  std::vector<MinuteView> minutes;      // The oldest first; a minute without batches is left out.
  std::vector<LettersView> letters;     // By reason.
  std::vector<Trouble> troubles;        // The newest first.
};

}  // namespace tallymill
