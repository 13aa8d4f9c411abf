#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "source/kafka/admin.h"
#include "source/kafka/lanes.h"

namespace tallymill::kafka {

// Keeps asking where the assigned partitions end, without waiting for the answers, and so also
// notices that the cluster answers again. What librdkafka knows by itself is of no use: it counts
// records of open transactions, which our readers may not see, and stands still while a lane is
// full. Not thread-safe.
class EndOffsets {
 public:
  EndOffsets(std::shared_ptr<Client> client, Isolation isolation, const Clock& clock)
      : client_(std::move(client)), isolation_(isolation), clock_(clock) {}

  // Follows another assignment; what was known is forgotten.
  void follow(std::shared_ptr<const Lanes> lanes);

  // Asks again if it is time, and takes answers that came.
  void serve();

  // By index in the assignment. At least what was read.
  [[nodiscard]] std::vector<std::optional<Offset>> ends() const;

 private:
  void ask();
  void learn(const std::vector<OffsetAnswer>& answers);

  std::shared_ptr<Client> client_;
  const Isolation isolation_;
  const Clock& clock_;
  std::shared_ptr<const Lanes> lanes_;
  std::vector<std::optional<Offset>> known_;
  std::optional<OffsetsRequest> request_;
  SteadyTime next_{};
};

}  // namespace tallymill::kafka
