#pragma once

#include <string>
#include <vector>

#include "source/source.h"

namespace tallymill {

// What sources have in common whose records are at hand and belong to no cluster: describe() and the
// like say that there is nobody to ask. Not thread-safe.
class OfflineSource : public Source {
 public:
  Result<std::vector<TopicInfo>> describe(const std::vector<std::string>& topics,
                                          Duration timeout) override;
  Result<std::vector<std::string>> list_topics(Duration timeout) override;
  Result<std::vector<TopicId>> topic_ids(const std::vector<std::string>& topics,
                                         Duration timeout) override;
  Result<std::vector<Offset>> resolve(const TopicInfo& topic, StartPosition start,
                                      Duration timeout) override;
  void wake(std::size_t /*lane*/) override {}
  std::vector<SourceEvent> poll_events(Duration /*wait*/) override { return {}; }
  std::vector<std::optional<Offset>> known_ends() override { return {}; }
  void publish(const std::vector<Checkpoint>& /*checkpoints*/) override {}
  std::size_t prefetched_bytes() override { return 0; }
};

}  // namespace tallymill
