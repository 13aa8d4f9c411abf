#include "pipeline/reread.h"

#include <algorithm>
#include <utility>

#include "pipeline/assemble.h"

namespace tallymill {
namespace {

constexpr Duration fetch_wait = std::chrono::milliseconds(20);

// What a worker has still to read: nothing if it has reached all its limits.
int128 distance(const FoldWorker& worker) {
  int128 left = 0;
  for (const PartitionProgress& partition : worker.progress()) {
    if (!partition.at_limit()) left += partition.limit->value() - partition.next.value();
  }
  return left;
}

}  // namespace

Rereader::Rereader(RereadParts parts, std::size_t workers, Duration patience)
    : parts_(std::move(parts)), spec_(parts_.spec), patience_(patience) {
  spec_.max_dead_letter_ratio = 1;
  for (std::size_t lane = 0; lane < workers; ++lane) {
    workers_.push_back(std::make_unique<FoldWorker>(spec_, parts_.source, parts_.clock, lane,
                                                    parts_.make_decoder(), parts_.make_evaluator(),
                                                    [] { return false; }));
  }
}

Result<std::shared_ptr<const Batch>> Rereader::read(const RereadOrder& order) {
  TRY(assign(order));
  TRY(fold_all());
  std::vector<Part> parts;
  for (const auto& worker : workers_) parts.push_back(worker->take());
  CutContext context;
  context.lookups = order.uses;
  return assemble(spec_, std::move(parts), std::move(context));
}

Result<void> Rereader::assign(const RereadOrder& order) {
  epoch_ = epoch_.next();
  Assignment assignment;
  assignment.epoch = epoch_;
  assignment.lanes = workers_.size();
  std::vector<LanePartitions> lanes(workers_.size(), LanePartitions(order.ranges.size()));
  for (std::size_t i = 0; i < order.ranges.size(); ++i) {
    const BatchRange& range = order.ranges[i];
    const std::size_t lane = i % workers_.size();
    PartitionProgress partition;
    partition.where = range.where;
    partition.topic_id = range.topic_id;
    partition.from = range.from;
    partition.next = order.starts[i];
    partition.leader_epoch = range.leader_epoch;
    partition.limit = range.to;
    lanes[lane][i] = std::move(partition);
    // Without an epoch: the log may have been cut and grown since, above this range.
    assignment.partitions.push_back({range.where, order.starts[i], LeaderEpoch(), lane});
  }
  for (std::size_t lane = 0; lane < workers_.size(); ++lane) {
    workers_[lane]->use_lookups(order.lookups);
    workers_[lane]->set_refused(order.refused, "the database refused it");
    workers_[lane]->begin(epoch_, std::move(lanes[lane]));
  }
  return parts_.source.assign(assignment);
}

Result<void> Rereader::fold_all() {
  SteadyTime moved_at = parts_.clock.steady_now();
  int128 before = -1;
  for (;;) {
    int128 left = 0;
    for (const auto& worker : workers_) {
      if (distance(*worker) == 0) continue;
      worker->step(fetch_wait);
      if (auto failure = worker->failure()) return *std::move(failure);
      left += distance(*worker);
    }
    if (left == 0) return {};
    TRY(check_events());
    const SteadyTime now = parts_.clock.steady_now();
    if (std::exchange(before, left) != left) moved_at = now;
    if (now - moved_at < patience_) continue;
    return Error(Reaction::retry, "source_away",
                 "the source did not deliver the records in time; try again when it is back");
  }
}

Result<void> Rereader::check_events() {
  for (const SourceEvent& event : parts_.source.poll_events(Duration::zero())) {
    switch (event.kind) {
      case SourceEvent::Kind::unavailable:
      case SourceEvent::Kind::available: break;  // Patience bounds the wait.
      case SourceEvent::Kind::failed: return event.error;
      case SourceEvent::Kind::out_of_range:
      case SourceEvent::Kind::truncated:
        if (event.epoch != epoch_) break;
        return Error(Reaction::stop, "not_held", event.error.message());
    }
  }
  return {};
}

}  // namespace tallymill
