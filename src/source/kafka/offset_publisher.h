#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/batch.h"
#include "source/kafka/client.h"

namespace tallymill::kafka {

// Writes group offsets for lag tools, and never reads them. It speaks to the group's coordinator
// from outside of the group: a consumer's own commit, while it waits for a coordinator that is away,
// would hold up every new assignment. Not thread-safe.
class OffsetPublisher {
 public:
  OffsetPublisher(std::shared_ptr<Client> client, std::string group)
      : client_(std::move(client)), group_(std::move(group)) {}

  // Sends what is newest, now or once the write under way is answered.
  void publish(const std::vector<Checkpoint>& checkpoints);
  // Takes answers that came, and sends what had to wait for them.
  void serve();

 private:
  void send();

  std::shared_ptr<Client> client_;
  const std::string group_;
  std::map<TopicPartition, std::pair<Offset, LeaderEpoch>> waiting_;
  Queue answers_;  // Set while a write is under way.
};

}  // namespace tallymill::kafka
