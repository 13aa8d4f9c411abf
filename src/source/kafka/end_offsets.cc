#include "source/kafka/end_offsets.h"

#include <algorithm>
#include <utility>

namespace tallymill::kafka {
namespace {

constexpr Duration period = std::chrono::seconds(1);
constexpr Duration longest_answer = std::chrono::seconds(5);

}  // namespace

void EndOffsets::follow(std::shared_ptr<const Lanes> lanes) {
  lanes_ = std::move(lanes);
  known_.assign(lanes_->partitions().size(), std::nullopt);
  request_.reset();
  next_ = SteadyTime{};
}

void EndOffsets::serve() {
  if (request_) {
    auto answers = request_->receive(Duration::zero());
    if (!answers) return;
    request_.reset();
    if (answers->ok()) learn(answers->value());
  }
  const SteadyTime now = clock_.steady_now();
  if (now < next_ || known_.empty()) return;
  next_ = now + period;
  ask();
}

void EndOffsets::ask() {
  std::vector<OffsetQuestion> questions;
  for (const AssignedPartition& partition : lanes_->partitions()) {
    questions.push_back({partition.where, RD_KAFKA_OFFSET_SPEC_LATEST});
  }
  auto request =
      OffsetsRequest::send(client_->handle(), std::move(questions), isolation_, longest_answer);
  if (request.ok()) request_ = std::move(request).value();
}

void EndOffsets::learn(const std::vector<OffsetAnswer>& answers) {
  bool any = false;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].error || answers[i].offset < 0) continue;
    known_[i] = Offset(answers[i].offset);
    any = true;
  }
  if (any) client_->events().works();
}

std::vector<std::optional<Offset>> EndOffsets::ends() const {
  std::vector<std::optional<Offset>> ends = known_;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const Offset read = lanes_->position(i);
    if (ends[i]) ends[i] = std::max(*ends[i], read);
  }
  return ends;
}

}  // namespace tallymill::kafka
