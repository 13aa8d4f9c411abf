#include "daemon/topic_tail.h"

#include <utility>

#include "daemon/build.h"

namespace tallymill {
namespace {

constexpr Duration patience = std::chrono::seconds(30);
constexpr Duration answer_within = std::chrono::seconds(10);

}  // namespace

Result<TopicTail> open_tail(const Spec& spec, const PipelineSpec& pipeline, std::int64_t last) {
  TRY_ASSIGN(auto source, open_source(spec, pipeline));
  const auto described = source->describe(pipeline.source.topics, answer_within);
  if (!described.ok()) return described.error().within("kafka.brokers " + spec.kafka.brokers);
  for (const TopicInfo& topic : *described) {
    if (!topic.partitions.empty()) continue;
    return Error(Reaction::stop, "topic_missing", "topic " + topic.topic + " does not exist");
  }
  return TopicTail{std::move(source), tail_of(*described, last)};
}

Result<void> read_tail(const TopicTail& tail,
                       const std::function<bool(std::span<const Record>)>& take) {
  if (tail.ranges.empty()) return {};
  return read_tail(*tail.source, tail.ranges, system_clock(), patience, take);
}

}  // namespace tallymill
