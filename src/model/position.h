#pragma once

// Where a record stands in a source: strong types, so that two numbers cannot be swapped.

#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "model/int128.h"

namespace tallymill {

// A place between records of one partition: always the *next to read*, never the last one read.
// 128 bits wide, because a Kinesis sequence number is; Kafka's int64 offsets fit. Holes are normal
// (control records, compaction), so a difference of offsets is not a number of records.
class Offset {
 public:
  constexpr Offset() = default;
  constexpr explicit Offset(int128 value) : value_(value) {}

  [[nodiscard]] constexpr int128 value() const { return value_; }
  // The place after the record at this offset.
  [[nodiscard]] constexpr Offset next() const { return Offset(value_ + 1); }
  [[nodiscard]] std::string str() const { return to_string(value_); }

  friend constexpr auto operator<=>(const Offset&, const Offset&) = default;

 private:
  int128 value_ = 0;
};

// A Kafka partition, or the number of a Kinesis shard.
class Partition {
 public:
  constexpr Partition() = default;
  constexpr explicit Partition(std::int64_t value) : value_(value) {}
  [[nodiscard]] constexpr std::int64_t value() const { return value_; }
  friend constexpr auto operator<=>(const Partition&, const Partition&) = default;

 private:
  std::int64_t value_ = 0;
};

// The leader epoch under which a record was written; -1 where the source has none.
class LeaderEpoch {
 public:
  constexpr LeaderEpoch() = default;
  constexpr explicit LeaderEpoch(std::int32_t value) : value_(value) {}
  [[nodiscard]] constexpr std::int32_t value() const { return value_; }
  friend constexpr auto operator<=>(const LeaderEpoch&, const LeaderEpoch&) = default;

 private:
  std::int32_t value_ = -1;
};

// The number of an assignment: grows at every (re)assignment and drop. What was fetched under an
// older one is worthless (rule R6).
class AssignmentEpoch {
 public:
  constexpr AssignmentEpoch() = default;
  constexpr explicit AssignmentEpoch(std::uint64_t value) : value_(value) {}
  [[nodiscard]] constexpr std::uint64_t value() const { return value_; }
  [[nodiscard]] constexpr AssignmentEpoch next() const { return AssignmentEpoch(value_ + 1); }
  friend constexpr auto operator<=>(const AssignmentEpoch&, const AssignmentEpoch&) = default;

 private:
  std::uint64_t value_ = 0;
};

struct TopicPartition {
  std::string topic;
  Partition partition;

  // "ad-events/3", as messages and logs show it.
  [[nodiscard]] std::string str() const { return topic + "/" + std::to_string(partition.value()); }
  friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};

// Single records, by where they stand.
using RecordSet = std::set<std::pair<TopicPartition, Offset>>;

// What tells a topic from another one of the same name: Kafka's topic id in its usual base64
// form. Empty where the cluster has none.
using TopicId = std::string;

// The id that a checkpoint stands under once its partition is gone and that loss is accepted. The former id
// is in it, so that a topic which was there all the time is known again. Kafka's ids hold no colon.
inline constexpr std::string_view closed_prefix = "gone:";
[[nodiscard]] inline TopicId closed_id(const TopicId& id) { return std::string(closed_prefix) + id; }
[[nodiscard]] inline bool is_closed(const TopicId& id) { return id.starts_with(closed_prefix); }

}  // namespace tallymill
