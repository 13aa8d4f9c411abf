#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "config/spec.h"
#include "pipeline/tail.h"
#include "source/source.h"

namespace tallymill {

// The last records of a pipeline's topics, ready to be read. Without ranges there are none.
struct TopicTail {
  std::unique_ptr<Source> source;
  std::vector<TailRange> ranges;
};

// Asks the cluster; for a person who waits, so it gives up after seconds. Fails if it does not answer,
// or if a topic does not exist.
[[nodiscard]] Result<TopicTail> open_tail(const Spec& spec, const PipelineSpec& pipeline,
                                          std::int64_t last);

// As read_tail(), with a person's patience.
[[nodiscard]] Result<void> read_tail(const TopicTail& tail,
                                     const std::function<bool(std::span<const Record>)>& take);

}  // namespace tallymill
