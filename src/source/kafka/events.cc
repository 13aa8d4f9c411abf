#include "source/kafka/events.h"

#include <utility>

namespace tallymill::kafka {
namespace {

SourceEvent available(std::optional<TopicPartition> where, AssignmentEpoch epoch) {
  return {SourceEvent::Kind::available, epoch, std::move(where), std::nullopt,
          Error(Reaction::retry, "available")};
}

}  // namespace

void Events::trouble(const Error& error) {
  const bool fatal = error.reaction() == Reaction::stop;
  const std::lock_guard lock(mutex_);
  // A lesser trouble beside the one already reported says nothing new.
  if (trouble_ && (!fatal || *trouble_ == error.code())) return;
  trouble_ = error.code();
  waiting_.push_back({fatal ? SourceEvent::Kind::failed : SourceEvent::Kind::unavailable,
                      AssignmentEpoch(), std::nullopt, std::nullopt, error});
  update_any_trouble();
}

void Events::add(SourceEvent event) {
  if (!event.where) return trouble(event.error);
  const std::lock_guard lock(mutex_);
  if (event.kind == SourceEvent::Kind::unavailable && !partitions_.insert(*event.where).second) {
    return;
  }
  waiting_.push_back(std::move(event));
  update_any_trouble();
}

void Events::works() {
  const std::lock_guard lock(mutex_);
  if (!trouble_) return;
  trouble_.reset();
  waiting_.push_back(available(std::nullopt, AssignmentEpoch()));
  update_any_trouble();
}

void Events::works(const TopicPartition& where, AssignmentEpoch epoch) {
  const std::lock_guard lock(mutex_);
  if (partitions_.erase(where) == 0) return;
  waiting_.push_back(available(where, epoch));
  update_any_trouble();
}

void Events::forget_partitions() {
  const std::lock_guard lock(mutex_);
  partitions_.clear();
  update_any_trouble();
}

std::vector<SourceEvent> Events::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(waiting_, {});
}

void Events::update_any_trouble() {
  any_trouble_.store(trouble_.has_value() || !partitions_.empty(), std::memory_order_relaxed);
}

}  // namespace tallymill::kafka
