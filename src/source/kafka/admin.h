#pragma once

// Questions to the cluster: what a topic is and where its partitions start and end. Thread-safe,
// because every question has a queue of its own for its answer.

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "config/spec.h"
#include "source/kafka/handles.h"
#include "source/source.h"

namespace tallymill::kafka {

// Ids and partitions of `topics`, in their order; log starts and ends are left at zero. Waits at
// most `timeout`. A topic that does not exist has no id and no partitions.
[[nodiscard]] Result<std::vector<TopicInfo>> describe_topics(
    rd_kafka_t* handle, const std::vector<std::string>& topics, Duration timeout);

// What to ask of a partition: RD_KAFKA_OFFSET_SPEC_EARLIEST, _LATEST, or milliseconds since 1970.
struct OffsetQuestion {
  TopicPartition where;
  std::int64_t spec = 0;
};

struct OffsetAnswer {
  std::int64_t offset = -1;  // -1: no record is that young.
  LeaderEpoch leader_epoch;
  std::optional<Error> error;  // Instead of the rest.
};

// A question for the offsets of many partitions, on its way or answered.
class OffsetsRequest {
 public:
  // Asks without waiting. The cluster gives up after `timeout`. REQUIRES: the handle outlives it.
  [[nodiscard]] static Result<OffsetsRequest> send(rd_kafka_t* handle,
                                                   std::vector<OffsetQuestion> questions,
                                                   Isolation isolation, Duration timeout);

  // Returns the answers, one per question in their order, or nothing if they are not there within
  // `wait`. REQUIRES: did not return anything before.
  [[nodiscard]] std::optional<Result<std::vector<OffsetAnswer>>> receive(Duration wait);

 private:
  OffsetsRequest(std::vector<OffsetQuestion> questions, Queue queue)
      : questions_(std::move(questions)), queue_(std::move(queue)) {}

  std::vector<OffsetQuestion> questions_;
  Queue queue_;
};

// Waits for the answers, at most `timeout`. Fails if any partition's answer is an error.
[[nodiscard]] Result<std::vector<OffsetAnswer>> receive_all(OffsetsRequest& request,
                                                            Duration timeout);

}  // namespace tallymill::kafka
