#pragma once

#include <memory>
#include <mutex>

#include "source/kafka/options.h"
#include "source/source.h"

namespace tallymill {

namespace kafka {
class Client;
class EndOffsets;
class Lanes;
class OffsetPublisher;
}  // namespace kafka

// A Source on Kafka. It assigns itself partitions and never joins a group: the group id serves only
// to publish offsets for lag tools. Connecting happens in the background; a broker that is away is
// no error here. It may be destroyed while chunks of it are alive; the connection ends with the last
// of them.
class KafkaSource final : public Source {
 public:
  // Fails with Reaction::stop if the library is too old or settings are refused, as the resolver
  // does if a secret cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<Source>> open(const KafkaSourceOptions& options);

  ~KafkaSource() override;
  KafkaSource(const KafkaSource&) = delete;
  KafkaSource& operator=(const KafkaSource&) = delete;

  Result<std::vector<TopicInfo>> describe(const std::vector<std::string>& topics,
                                          Duration timeout) override;
  Result<std::vector<std::string>> list_topics(Duration timeout) override;
  Result<std::vector<TopicId>> topic_ids(const std::vector<std::string>& topics,
                                         Duration timeout) override;
  Result<std::vector<Offset>> resolve(const TopicInfo& topic, StartPosition start,
                                      Duration timeout) override;
  Result<void> assign(const Assignment& assignment) override;
  void fetch(std::size_t lane, std::size_t max_records, Duration wait, Chunk& chunk) override;
  void wake(std::size_t lane) override;
  std::vector<SourceEvent> poll_events(Duration wait) override;
  std::vector<std::optional<Offset>> known_ends() override;
  void publish(const std::vector<Checkpoint>& checkpoints) override;
  std::size_t prefetched_bytes() override;

 private:
  KafkaSource(std::shared_ptr<kafka::Client> client, const KafkaSourceOptions& options);
  std::shared_ptr<kafka::Lanes> lanes() const;
  Result<void> start(const Assignment& assignment);

  const Isolation isolation_;
  const Clock& clock_;
  std::shared_ptr<kafka::Client> client_;
  std::unique_ptr<kafka::EndOffsets> ends_;
  std::unique_ptr<kafka::OffsetPublisher> publisher_;
  mutable std::mutex mutex_;  // Guards lanes_.
  std::shared_ptr<kafka::Lanes> lanes_;  // Never null.
};

}  // namespace tallymill
