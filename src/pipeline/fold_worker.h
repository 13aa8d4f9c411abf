#pragma once

// Folds the records of one lane while the interval runs. Nothing is shared with other workers.
//
// Threads: step() by the worker's own thread; everything else by the pipeline's thread. Both meet
// at a mutex that step() holds while it folds one chunk, never while it waits for records. So a
// cut waits for at most one chunk, and whatever a chunk holds is either wholly before or after it.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "config/spec.h"
#include "decode/decoder.h"
#include "pipeline/part.h"
#include "source/source.h"
#include "transform/evaluator.h"

namespace tallymill {

// Partitions of the assignment, indexed as Record::source_partition; only those of a worker's own
// lane are given to it, the others are empty.
using LanePartitions = std::vector<std::optional<PartitionProgress>>;

class FoldWorker {
 public:
  // `spec`, `source` and `clock` must outlive it. `full` is asked before each fetch: while it says
  // yes the lane is left undrained (back-pressure). Thread-safe and cheap.
  FoldWorker(const PipelineSpec& spec, Source& source, const Clock& clock, std::size_t lane,
             std::unique_ptr<Decoder> decoder, std::unique_ptr<Evaluator> evaluator,
             std::function<bool()> full);

  // Fetches one chunk, waiting at most `wait`, and folds it. Returns false at once if full.
  bool step(Duration wait);

  // Forgets everything folded and follows a new assignment (rule R11).
  void begin(AssignmentEpoch epoch, LanePartitions partitions);
  // The same with nothing to follow: all that is fetched is ignored until begin().
  void forget(AssignmentEpoch epoch);

  // Puts lookups in force before begin().
  void use_lookups(const std::vector<std::shared_ptr<const LookupTable>>& lookups);

  // Hands over what was folded since the last cut and goes on into fresh tables. `lookups`, where
  // given, are in force from the first record behind the cut.
  [[nodiscard]] Part take(
      const std::vector<std::shared_ptr<const LookupTable>>* lookups = nullptr);

  // Whether a record that is not the one that was counted is a gap, as on_data_loss: record_gap says,
  // or stops the pipeline. As the configuration says until this is called.
  void set_on_data_loss(OnDataLoss on_data_loss) {
    const std::lock_guard lock(mutex_);
    on_data_loss_ = on_data_loss;
  }

  // Records that Postgres refuses: rejected with reason `database` when they are met again.
  void set_refused(std::set<std::pair<TopicPartition, Offset>> refused, std::string message);

  // Of the open batch. Cheap: kept up to date once per chunk.
  [[nodiscard]] std::size_t open_bytes() const { return open_bytes_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::int64_t open_records() const {
    return open_records_.load(std::memory_order_relaxed);
  }
  // When its thread last came round.
  [[nodiscard]] SteadyTime stepped_at() const { return stepped_at_.load(std::memory_order_relaxed); }
  // Messages ignored for their epoch or offset, since the last call.
  [[nodiscard]] std::int64_t take_ignored() { return ignored_.exchange(0); }

  // Why the pipeline must stop, if a record or an anchor says so.
  [[nodiscard]] std::optional<Error> failure() const;

  // How far the lane's partitions are, for lag and for limits.
  [[nodiscard]] std::vector<PartitionProgress> progress() const;

 private:
  void fold(const Chunk& chunk);
  void fold_record(PartitionProgress& partition, const Record& record);
  void verify_anchor(PartitionProgress& partition, const Record& record);
  void reject(const PartitionProgress& partition, const Record& record, const Reject& reject);
  void note_unusable(const PartitionProgress& partition, const Record& record,
                     const Reject& reject);
  void add_dead_letter(const PartitionProgress& partition, const Record& record,
                       const std::string& aggregation, std::string_view reason,
                       const std::string& message);
  void remember_anchors();
  void reset_part();
  void fail(const PartitionProgress& partition, Offset offset, std::string code, std::string why);
  void publish_sizes();

  const PipelineSpec& spec_;
  Source& source_;
  const Clock& clock_;
  const std::size_t lane_;
  std::unique_ptr<Decoder> decoder_;
  std::unique_ptr<Evaluator> evaluator_;
  const std::function<bool()> full_;

  mutable std::mutex mutex_;  // Guards everything down to the atomics.
  AssignmentEpoch epoch_;
  LanePartitions partitions_;
  Part part_;
  std::vector<Value> values_;
  std::vector<const Record*> last_records_;  // Per partition, within the chunk being folded.
  std::optional<Error> failure_;
  std::set<std::pair<TopicPartition, Offset>> refused_;
  std::string refused_message_;
  OnDataLoss on_data_loss_;

  std::atomic<std::size_t> open_bytes_{0};
  std::atomic<std::int64_t> open_records_{0};
  std::atomic<std::int64_t> ignored_{0};
  std::atomic<SteadyTime> stepped_at_;
  Chunk chunk_;  // The worker thread's own.
};

}  // namespace tallymill
