#include "pipeline/trial.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "pipeline/assemble.h"

namespace tallymill {
namespace {

// What was wrong with a record is told, its bytes are not kept; and however many are rejected, the
// trial goes on.
PipelineSpec as_tried(PipelineSpec spec) {
  spec.dead_letters.payload = DeadLetterPayload::none;
  spec.max_dead_letter_ratio = 1;
  return spec;
}

}  // namespace

Trial::Trial(TrialParts parts, std::vector<TopicPartition> partitions, TrialLimits limits)
    : spec_(as_tried(parts.spec)),
      limits_(limits),
      worker_(spec_, source_, parts.clock, 0, std::move(parts.decoder), std::move(parts.evaluator),
              [] { return false; }) {
  Assignment assignment;
  assignment.epoch = AssignmentEpoch(1);
  LanePartitions followed;
  for (TopicPartition& where : partitions) {
    assignment.partitions.push_back({where, Offset(), LeaderEpoch(), 0});
    PartitionProgress progress;
    progress.where = std::move(where);
    followed.emplace_back(std::move(progress));
  }
  CHECK(source_.assign(assignment).ok(), "a source of records at hand takes any assignment");
  worker_.use_lookups(parts.lookups);
  worker_.begin(assignment.epoch, std::move(followed));
  sum_ = worker_.take();
}

bool Trial::offer(std::span<const Record> records) {
  if (full_ || worker_.failure()) return false;
  source_.hand(records);
  while (!source_.all_delivered()) worker_.step(Duration::zero());
  // Now and then, because whatever was folded is gone over.
  if (worker_.open_bytes() > limits_.memory / 8) gather();
  return !full_ && !worker_.failure();
}

void Trial::gather() {
  Part part = worker_.take();
  sum_.counts.add(part.counts);
  for (const auto& [reason, those] : part.unusable) {
    Unusable& same = sum_.unusable[reason];
    if (same.count == 0) same.example = those.example;
    same.count += those.count;
  }
  for (DeadLetter& letter : part.dead_letters) {
    ++letters_[letter.reason];
    if (sum_.dead_letters.size() < limits_.letters) sum_.dead_letters.push_back(std::move(letter));
  }
  widen(sum_.min_event_time, sum_.max_event_time, part.min_event_time, part.max_event_time);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < sum_.tables.size(); ++i) {
    sum_.tables[i].merge(std::move(part.tables[i]));
    bytes += sum_.tables[i].memory_bytes();
  }
  full_ = bytes > limits_.memory;
}

Result<TrialOutcome> Trial::finish() {
  gather();
  TrialOutcome outcome;
  outcome.letters = std::move(letters_);
  outcome.unusable = sum_.unusable;
  outcome.stopped = worker_.failure();
  outcome.full = full_;
  std::vector<Part> parts;
  parts.push_back(std::move(sum_));
  TRY_ASSIGN(outcome.batch, assemble(spec_, std::move(parts), {}));
  return outcome;
}

bool Trial::exceeds_ratio(const PipelineSpec& spec, const BatchCounts& counts) {
  return RejectRatio().with(counts) > spec.max_dead_letter_ratio;
}

}  // namespace tallymill
