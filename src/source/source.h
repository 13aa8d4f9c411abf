#pragma once

// A source of records in partitions, read from explicit positions. What it guarantees: within one
// assignment epoch each lane delivers a partition's records in offset order, each at most once,
// starting at the assigned offset; it never moves a position by itself and never skips silently:
// when it cannot go on it says so in an event. What it does not guarantee: that a position still
// exists, or that a topic is the one it was. The pipeline checks both with describe().
//
// Threads: fetch(lane) by one thread per lane; poll_events, assign and publish by the pipeline's
// thread; describe and wake by any thread. assign() may run while lanes fetch: chunks of the old
// epoch may still come out and are told apart by their epoch.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "model/batch.h"
#include "model/position.h"
#include "model/record.h"

namespace tallymill {

struct PartitionInfo {
  Partition partition;
  Offset log_start;  // The first offset that still exists.
  Offset end;        // Next to be written that readers of our isolation may see.
  LeaderEpoch leader_epoch;
};

struct TopicInfo {
  std::string topic;
  TopicId id;
  std::vector<PartitionInfo> partitions;  // In order of partition.
};

struct AssignedPartition {
  TopicPartition where;
  Offset next_offset;
  LeaderEpoch leader_epoch;  // For detecting truncation; -1 if not known.
  std::size_t lane = 0;
};

struct Assignment {
  AssignmentEpoch epoch;
  std::vector<AssignedPartition> partitions;  // Record::source_partition counts into it.
  std::size_t lanes = 1;
};

// Where to start in a topic without a checkpoint.
struct StartPosition {
  enum class Kind : std::uint8_t { earliest, latest, timestamp };
  Kind kind = Kind::earliest;
  Timestamp timestamp{};
};

// Records fetched together; releasing the chunk releases their memory.
class Chunk {
 public:
  // The source has delivered everything below `position` in that partition, control records
  // included, so the checkpoint may advance to it once the chunk's records are folded.
  struct Reached {
    std::size_t source_partition = 0;
    Offset position;
  };
  // What keeps the records' memory alive.
  class Holder {
   public:
    virtual ~Holder() = default;
  };

  AssignmentEpoch epoch;
  std::vector<Record> records;
  std::vector<Reached> reached;
  std::unique_ptr<Holder> holder;

  [[nodiscard]] bool empty() const { return records.empty() && reached.empty(); }
};

struct SourceEvent {
  enum class Kind : std::uint8_t {
    unavailable,     // Retriable: brokers down, leader not known. Logged once, nothing to do.
    available,       // The opposite, once.
    out_of_range,    // The position does not exist (any more): ask describe(), then decide (P6).
    truncated,       // The log was cut below what was read.
    failed,          // This partition or the source will not go on without a person.
  };
  Kind kind = Kind::unavailable;
  AssignmentEpoch epoch;
  std::optional<TopicPartition> where;  // Nothing: the source as a whole.
  std::optional<Offset> offset;  // truncated: where the log was cut, if known.
  Error error{Reaction::retry, ""};
};

class Source {
 public:
  virtual ~Source() = default;

  // Asks the cluster, waiting at most `timeout`: ids, partitions, log starts, ends. A topic that
  // does not exist has an empty id and no partitions. Fails with Reaction::retry if the cluster
  // does not answer, Reaction::stop if it refuses.
  [[nodiscard]] virtual Result<std::vector<TopicInfo>> describe(
      const std::vector<std::string>& topics, Duration timeout) = 0;

  // Asks for the names of all topics that the cluster shows us, in any order; a topic that we may not
  // describe is not among them. Costs the cluster and us an answer as long as all its topics. Fails as
  // describe() does.
  [[nodiscard]] virtual Result<std::vector<std::string>> list_topics(Duration timeout) = 0;

  // Asks only for the topics' ids, as cheaply as the cluster allows (rule R14).
  [[nodiscard]] virtual Result<std::vector<TopicId>> topic_ids(
      const std::vector<std::string>& topics, Duration timeout) = 0;

  // Resolves a start to a number for each partition, in the order of `topic.partitions`.
  [[nodiscard]] virtual Result<std::vector<Offset>> resolve(const TopicInfo& topic,
                                                            StartPosition start,
                                                            Duration timeout) = 0;

  // Replaces whatever was assigned. Messages prefetched under the former epoch are discarded.
  [[nodiscard]] virtual Result<void> assign(const Assignment& assignment) = 0;

  // Fills `chunk` with at most `max_records` of the lane's partitions, waiting at most `wait` for
  // the first. Leaving a lane unfetched is back-pressure: its prefetch is bounded.
  virtual void fetch(std::size_t lane, std::size_t max_records, Duration wait, Chunk& chunk) = 0;

  // Ends a wait in fetch(lane) early.
  virtual void wake(std::size_t lane) = 0;

  // What happened since the last call; serves the vendor's callbacks. Waits at most `wait`.
  [[nodiscard]] virtual std::vector<SourceEvent> poll_events(Duration wait) = 0;

  // The last known end of each assigned partition, as PartitionInfo::end; nothing if not known
  // yet. Cached, never asks the cluster.
  [[nodiscard]] virtual std::vector<std::optional<Offset>> known_ends() = 0;

  // Publishes progress for lag tools, best effort, never waiting; never read back (rule R1).
  virtual void publish(const std::vector<Checkpoint>& checkpoints) = 0;

  // Bytes that wait to be fetched.
  [[nodiscard]] virtual std::size_t prefetched_bytes() = 0;
};

}  // namespace tallymill
