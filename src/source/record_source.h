#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "source/source.h"

namespace tallymill {

// A record with its own memory.
struct OwnedRecord {
  TopicPartition where;
  Offset offset;
  Timestamp timestamp;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;
};

// A source that holds one record and nothing else, for what was kept of a topic elsewhere. It asks
// nobody: describe() and the like say that there is no cluster. Not thread-safe.
class RecordSource final : public Source {
 public:
  // Delivered once after each assign() of its partition. REQUIRES: nothing of an earlier chunk is in
  // use.
  void hold(OwnedRecord record) { record_ = std::move(record); }

  Result<std::vector<TopicInfo>> describe(const std::vector<std::string>& topics,
                                          Duration timeout) override;
  Result<std::vector<TopicId>> topic_ids(const std::vector<std::string>& topics,
                                         Duration timeout) override;
  Result<std::vector<Offset>> resolve(const TopicInfo& topic, StartPosition start,
                                      Duration timeout) override;
  Result<void> assign(const Assignment& assignment) override;
  void fetch(std::size_t lane, std::size_t max_records, Duration wait, Chunk& chunk) override;
  void wake(std::size_t /*lane*/) override {}
  std::vector<SourceEvent> poll_events(Duration /*wait*/) override { return {}; }
  std::vector<std::optional<Offset>> known_ends() override { return {}; }
  void publish(const std::vector<Checkpoint>& /*checkpoints*/) override {}
  std::size_t prefetched_bytes() override { return 0; }

 private:
  OwnedRecord record_;
  Assignment assignment_;
  bool delivered_ = true;
};

}  // namespace tallymill
