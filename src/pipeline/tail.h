#pragma once

// The last records of topics, read without a checkpoint.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "source/source.h"

namespace tallymill {

// What is to be read of one partition: [from, to).
struct TailRange {
  TopicPartition where;
  Offset from;
  Offset to;
};

// The last `count` offsets of all partitions together, shared out evenly; what one partition does not
// hold, the others give. Holes count, so there may be fewer records. Partitions without an offset to
// read are left out. Pure.
[[nodiscard]] std::vector<TailRange> tail_of(const std::vector<TopicInfo>& topics, std::int64_t count);

// Reads the ranges and hands the records over as they come, each partition's in order, until all were
// read or `take` returns false. Record::source_partition counts into `ranges`. Fails with
// Reaction::retry if nothing comes for as long as `patience`, else as the source does.
[[nodiscard]] Result<void> read_tail(Source& source, const std::vector<TailRange>& ranges,
                                     const Clock& clock, Duration patience,
                                     const std::function<bool(std::span<const Record>)>& take);

}  // namespace tallymill
