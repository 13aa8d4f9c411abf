#pragma once

// Where to read from: what the store has counted, held against what the topics still hold. Every
// start and every drop passes here, so nothing is ever skipped without a word (promise P6).

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "config/spec.h"
#include "pipeline/part.h"
#include "sink/store.h"
#include "source/source.h"

namespace tallymill {

struct Positions {
  Progress progress;  // As stored, first checkpoints included.
  std::vector<PartitionProgress> partitions;  // In (topic, partition) order.
  // The log's end in each partition, at the same moment: what `run --drain` reads up to.
  std::vector<Offset> ends;
  std::vector<Gap> gaps;  // To be committed with the first batch.
  // Ends of partitions that are gone, committed with their gaps: so each is told once. The checkpoint then
  // stands at 0, under the id that the topic has now, which is empty if it has none.
  std::vector<BatchRange> closing;
  std::vector<Checkpoint> first;  // Those that were written just now.
  std::string missing;  // What a pattern waits for, as missing_topic() says it.
};

// Where this process knows each partition to have been read from first. Nothing: it was read before
// this process began, and where from is not known.
using FirstOffsets = std::map<TopicPartition, std::optional<Checkpoint>>;

// A log that is known to have been cut, wherever it ends by now.
struct Truncation {
  TopicPartition where;
  std::optional<Offset> at;  // Nothing: nobody can tell.
  // It concerns checkpoints as this batch or an earlier one left them; a later one has passed it.
  std::int64_t last_sequence = std::numeric_limits<std::int64_t>::max();
};
using Truncations = std::vector<Truncation>;

// "events partition 0 [10, 30) (retention)".
[[nodiscard]] std::string gap_text(const Gap& gap);

// Compares stored progress with the topics. Pure: asks nobody.
//
// Partitions without a checkpoint are not in the result. Fails with Reaction::stop and code
// "data_lost", naming every topic, partition and range that is gone, unless `on_data_loss` says
// record_gap or the progress's orders accept it. Fails with Reaction::retry while a partition that was read
// is not there although its topic is: whoever answered does not know it yet.
[[nodiscard]] Result<Positions> compare_with_log(const Progress& progress,
                                                 const std::vector<TopicInfo>& topics,
                                                 OnDataLoss on_data_loss,
                                                 const Truncations& truncations);

// Returns first checkpoints for partitions that have none: the one that is known, the configured
// start for a topic that was there when the pipeline first started, 0 for a partition or a topic that
// appeared later (rule R5). Fails with
// Reaction::stop if a partition was read from somewhere unknown: a start is never resolved twice.
[[nodiscard]] Result<std::vector<Checkpoint>> first_checkpoints(
    const Progress& progress, const std::vector<TopicInfo>& topics, const StartAt& start,
    const FirstOffsets& known, Source& source, WallTime now);

// Asks source and store, writes first checkpoints, compares. `progress` was read from the store.
// Fails with Reaction::retry while a named topic does not exist yet, or there is none at all. Blocks,
// with deadlines.
[[nodiscard]] Result<Positions> find_positions(const PipelineSpec& spec, const Progress& progress,
                                               Source& source, Store& store, WallTime now,
                                               const FirstOffsets& known,
                                               const Truncations& truncations);

}  // namespace tallymill
