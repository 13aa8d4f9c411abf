#include "pipeline/fold_worker.h"

#include <algorithm>
#include <utility>

#include "base/failpoint.h"
#include "base/seeded_bug.h"
#include "model/reason.h"
#include "pipeline/dead_letters.h"

namespace tallymill {
namespace {

constexpr std::size_t records_per_chunk = 2048;

}  // namespace

FoldWorker::FoldWorker(const PipelineSpec& spec, Source& source, const Clock& clock,
                       std::size_t lane, std::unique_ptr<Decoder> decoder,
                       std::unique_ptr<Evaluator> evaluator, std::function<bool()> full)
    : spec_(spec),
      source_(source),
      clock_(clock),
      lane_(lane),
      decoder_(std::move(decoder)),
      evaluator_(std::move(evaluator)),
      full_(std::move(full)),
      values_(spec.fields.size()),
      on_data_loss_(spec.on_data_loss),
      stepped_at_(clock.steady_now()) {
  reset_part();
}

bool FoldWorker::step(Duration wait) {
  stepped_at_.store(clock_.steady_now(), std::memory_order_relaxed);
  if (full_()) return false;
  chunk_.records.clear();
  chunk_.reached.clear();
  source_.fetch(lane_, records_per_chunk, wait, chunk_);
  if (!chunk_.empty()) {
    failpoint("msg.first");
    const std::lock_guard lock(mutex_);
    fold(chunk_);
  }
  chunk_.holder.reset();
  return true;
}

void FoldWorker::use_lookups(const std::vector<std::shared_ptr<const LookupTable>>& lookups) {
  const std::lock_guard lock(mutex_);
  evaluator_->use_lookups(lookups);
}

void FoldWorker::fold(const Chunk& chunk) {
  if ((chunk.epoch != epoch_ && !seeded(Bug::old_messages_counted)) || failure_) {
    ignored_ += static_cast<std::int64_t>(chunk.records.size());
    return;
  }
  for (const Record& record : chunk.records) {
    if (record.source_partition >= partitions_.size() || !partitions_[record.source_partition]) {
      ++ignored_;
      continue;
    }
    PartitionProgress& partition = *partitions_[record.source_partition];
    if (partition.anchor_unverified) {
      verify_anchor(partition, record);
      if (failure_) break;
      if (record.offset < partition.next) continue;
    }
    if (record.offset < partition.next || partition.at_limit() ||
        (partition.limit && record.offset >= *partition.limit)) {
      if (partition.limit && record.offset >= *partition.limit) {
        partition.next = std::max(partition.next, *partition.limit);
      }
      ++ignored_;
      continue;
    }
    // A jump over offsets is safe here: every fetch asks for the next offset, and a broker answers
    // out of range when that one is below the start of its log (rule R6).
    fold_record(partition, record);
    failpoint("agg.mid");
    if (failure_) {
      --part_.counts.read;  // It stays unread: the batch ends before it.
      break;
    }
    partition.next = record.offset.next();
    partition.leader_epoch = record.leader_epoch;
    last_records_[record.source_partition] = &record;
  }
  remember_anchors();
  if (!failure_ && !seeded(Bug::offsets_taken_for_dense)) {
    for (const Chunk::Reached& reached : chunk.reached) {
      if (reached.source_partition >= partitions_.size()) continue;
      std::optional<PartitionProgress>& partition = partitions_[reached.source_partition];
      if (!partition) continue;
      Offset position = reached.position;
      if (partition->limit) position = std::min(position, *partition->limit);
      if (position < partition->next) continue;  // What was counted may yet be found to be gone.
      partition->next = position;
      partition->anchor_unverified = false;
    }
  }
  publish_sizes();
}

void FoldWorker::fold_record(PartitionProgress& partition, const Record& record) {
  if (!part_.first_record_at) part_.first_record_at = clock_.steady_now();
  ++part_.counts.read;
  widen(part_.min_record_time, part_.max_record_time, record.timestamp, record.timestamp);
  if (!record.value) {
    ++part_.counts.skipped;
    return;
  }
  if (!refused_.empty() && refused_.contains({partition.where, record.offset})) {
    part_.refused.insert({partition.where, record.offset});
    reject(partition, record, {reason::database, refused_message_});
    return;
  }
  if (auto bad = decoder_->decode(*record.value, values_)) {
    reject(partition, record, *bad);
    return;
  }
  const Evaluation& evaluation =
      evaluator_->evaluate(record, partition.where.topic, partition.where.partition, values_);
  switch (evaluation.kind) {
    case Evaluation::Kind::rejected:
      reject(partition, record, evaluation.reject);
      return;
    case Evaluation::Kind::dropped:
      ++part_.counts.skipped;
      return;
    case Evaluation::Kind::stop:
      fail(partition, record.offset, std::string(evaluation.reject.reason),
           evaluation.reject.message);
      return;
    case Evaluation::Kind::used: break;
  }
  ++part_.counts.used;
  part_.record_times.add(record.timestamp);
  const Timestamp time = evaluation.event_time.value_or(record.timestamp);
  widen(part_.min_event_time, part_.max_event_time, time, time);
  part_.event_times.add(time);
  const Coordinates coordinates{time, partition.where.partition, record.offset};
  for (std::size_t i = 0; i < evaluation.contributions.size(); ++i) {
    const Contribution& contribution = evaluation.contributions[i];
    AggregationCounts& counts = part_.counts.aggregations[i];
    switch (contribution.kind) {
      case Contribution::Kind::fold:
        ++counts.folded;
        part_.tables[i].fold(contribution.key, contribution.arguments, coordinates);
        break;
      case Contribution::Kind::filtered: ++counts.filtered; break;
      case Contribution::Kind::late: ++counts.late; break;
      case Contribution::Kind::late_dead_letter:
        ++counts.late;
        add_dead_letter(partition, record, spec_.aggregations[i].name, reason::late,
                        "the event is older than late_after allows");
        break;
    }
  }
}

// The record before the checkpoint is fetched again after each assignment. If it is there and is
// another one, the log was cut and rewritten below what was counted.
void FoldWorker::verify_anchor(PartitionProgress& partition, const Record& record) {
  partition.anchor_unverified = false;
  if (!partition.anchor || record.offset != partition.anchor->offset) return;
  if (anchor_of(record) == *partition.anchor) return;
  if (on_data_loss_ == OnDataLoss::record_gap) {
    part_.gaps.push_back(
        {partition.where, partition.topic_id, record.offset, std::nullopt, "truncated"});
    partition.changed = true;
    return;
  }
  fail(partition, partition.anchor->offset, "data_lost", rewritten_log(partition.next));
}

void FoldWorker::reject(const PartitionProgress& partition, const Record& record,
                        const Reject& reject) {
  switch (spec_.on_error) {
    case OnError::skip:
      ++part_.counts.skipped;
      note_unusable(partition, record, reject);
      return;
    case OnError::stop:
      fail(partition, record.offset, std::string(reject.reason),
           reject.message + "; correct the lookup that it missed, or count anew with "
                            "on_error: dead_letter: tallymill reset");
      return;
    case OnError::dead_letter: break;
  }
  ++part_.counts.rejected;
  note_unusable(partition, record, reject);
  add_dead_letter(partition, record, "", reject.reason, reject.message);
}

void FoldWorker::note_unusable(const PartitionProgress& partition, const Record& record,
                               const Reject& reject) {
  ++part_.counts.unusable;
  Unusable& same = part_.unusable[reject.reason];
  if (++same.count > 1) return;
  same.example = partition.where.str() + " offset " + record.offset.str() + ": " + reject.message;
}

void FoldWorker::add_dead_letter(const PartitionProgress& partition, const Record& record,
                                 const std::string& aggregation, std::string_view reason,
                                 const std::string& message) {
  DeadLetter letter = make_dead_letter(record, spec_.dead_letters);
  letter.where = partition.where;
  letter.topic_id = partition.topic_id;
  letter.aggregation = aggregation;
  letter.reason = std::string(reason);
  letter.message = message;
  part_.dead_letter_bytes += dead_letter_bytes(letter);
  part_.dead_letters.push_back(std::move(letter));
}

void FoldWorker::remember_anchors() {
  for (std::size_t i = 0; i < last_records_.size(); ++i) {
    if (last_records_[i] == nullptr) continue;
    partitions_[i]->anchor = anchor_of(*last_records_[i]);
    last_records_[i] = nullptr;
  }
}

void FoldWorker::begin(AssignmentEpoch epoch, LanePartitions partitions) {
  const std::lock_guard lock(mutex_);
  epoch_ = epoch;
  partitions_ = std::move(partitions);
  last_records_.assign(partitions_.size(), nullptr);
  failure_.reset();
  if (!seeded(Bug::state_outlives_assignment)) reset_part();
  publish_sizes();
}

void FoldWorker::forget(AssignmentEpoch epoch) { begin(epoch, {}); }

Part FoldWorker::take(const std::vector<std::shared_ptr<const LookupTable>>* lookups) {
  const std::lock_guard lock(mutex_);
  for (std::optional<PartitionProgress>& partition : partitions_) {
    if (!partition || (partition->next == partition->from && !partition->changed)) continue;
    part_.ranges.push_back(end_range(*partition));
  }
  Part taken = std::move(part_);
  reset_part();
  if (lookups != nullptr) evaluator_->use_lookups(*lookups);
  publish_sizes();
  return taken;
}

void FoldWorker::set_refused(std::set<std::pair<TopicPartition, Offset>> refused,
                             std::string message) {
  const std::lock_guard lock(mutex_);
  refused_ = std::move(refused);
  refused_message_ = std::move(message);
}

std::optional<Error> FoldWorker::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

std::vector<PartitionProgress> FoldWorker::progress() const {
  const std::lock_guard lock(mutex_);
  std::vector<PartitionProgress> all;
  for (const auto& partition : partitions_) {
    if (partition) all.push_back(*partition);
  }
  return all;
}

void FoldWorker::reset_part() {
  part_ = Part{};
  part_.counts.aggregations.resize(spec_.aggregations.size());
  part_.tables.reserve(spec_.aggregations.size());
  for (const AggregationSpec& aggregation : spec_.aggregations) {
    part_.tables.emplace_back(aggregation);
  }
}

void FoldWorker::fail(const PartitionProgress& partition, Offset offset, std::string code,
                      std::string why) {
  failure_ = Error(Reaction::stop, std::move(code), std::move(why))
                 .within(partition.where.str() + " offset " + offset.str());
}

void FoldWorker::publish_sizes() {
  std::size_t bytes = part_.dead_letter_bytes;
  for (const GroupTable& table : part_.tables) bytes += table.memory_bytes();
  open_bytes_.store(bytes, std::memory_order_relaxed);
  open_records_.store(part_.counts.read, std::memory_order_relaxed);
}

}  // namespace tallymill
