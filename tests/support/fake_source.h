#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "source/source.h"

namespace tallymill::testing {

// A cluster in memory, shared by all sources made on it, so that a second process can be played.
class FakeCluster {
 public:
  struct LogRecord {
    std::int64_t offset = 0;
    std::string key;
    std::optional<std::string> value;
    Timestamp timestamp{};
    std::int32_t leader_epoch = 0;
  };
  struct Log {
    std::int64_t start = 0;
    std::int64_t end = 0;
    std::int32_t leader_epoch = 0;  // Raised by a truncation.
    std::deque<LogRecord> records;
  };
  struct Topic {
    TopicId id;
    std::vector<Log> partitions;
  };

  void create(const std::string& topic, std::size_t partitions);
  void append(const std::string& topic, std::size_t partition, std::optional<std::string> value);
  // An offset that holds no record: a control record, or what compaction took away.
  void append_hole(const std::string& topic, std::size_t partition);
  // Levers.
  void delete_before(const std::string& topic, std::size_t partition, std::int64_t offset);
  void truncate(const std::string& topic, std::size_t partition, std::int64_t offset);
  // Takes one record away, as compaction does.
  void compact(const std::string& topic, std::size_t partition, std::int64_t offset);
  void recreate(const std::string& topic, std::size_t partitions);
  void add_partition(const std::string& topic);

  std::map<std::string, Topic> topics;
  std::set<std::string> hidden;  // Not listed, as those that we may not describe.
  bool down = false;

 private:
  int next_id_ = 1;
};

// Levers are for the pipeline's thread; the cluster is not touched while other threads fetch.
class FakeSource final : public Source {
 public:
  explicit FakeSource(FakeCluster& cluster) : cluster_(cluster) {}

  Result<std::vector<TopicInfo>> describe(const std::vector<std::string>& topics,
                                          Duration timeout) override;
  Result<std::vector<std::string>> list_topics(Duration timeout) override;
  Result<std::vector<TopicId>> topic_ids(const std::vector<std::string>& topics,
                                         Duration timeout) override;
  Result<std::vector<Offset>> resolve(const TopicInfo& topic, StartPosition start,
                                      Duration timeout) override;
  Result<void> assign(const Assignment& assignment) override;
  void fetch(std::size_t lane, std::size_t max_records, Duration wait, Chunk& chunk) override;
  void wake(std::size_t lane) override { (void)lane; }
  std::vector<SourceEvent> poll_events(Duration wait) override;
  std::vector<std::optional<Offset>> known_ends() override;
  void publish(const std::vector<Checkpoint>& checkpoints) override;
  std::size_t prefetched_bytes() override { return prefetched; }

  // Levers.
  std::size_t records_per_fetch = 1000;
  std::size_t prefetched = 0;
  std::function<void()> before_resolve;  // What happens between two questions.
  std::function<void()> before_list;     // The same, once.
  std::optional<Chunk> inject;   // Handed out by the next fetch of lane 0 instead of records.
  std::vector<Checkpoint> published;
  // What the cluster is to have said of a partition, under the assignment that there is.
  void report(SourceEvent::Kind kind, const TopicPartition& where,
              std::optional<Offset> offset = std::nullopt);
  void report(SourceEvent event) { events_.push_back(std::move(event)); }
  // Delivers nothing more of that partition, without a word, under this assignment.
  void silence(std::size_t source_partition) { stopped_[source_partition] = true; }
  [[nodiscard]] const Assignment& assignment() const { return assignment_; }

 private:
  FakeCluster& cluster_;
  std::mutex mutex_;  // Guards what follows, for tests in real threads.
  Assignment assignment_;
  std::vector<std::int64_t> next_;
  std::vector<SourceEvent> events_;
  std::vector<bool> stopped_;
};

}  // namespace tallymill::testing
