#include "daemon/topic_tail.h"

#include <utility>

#include "daemon/build.h"
#include "pipeline/topics.h"

namespace tallymill {
namespace {

constexpr Duration patience = std::chrono::seconds(30);
constexpr Duration answer_within = std::chrono::seconds(10);

}  // namespace

Result<TopicTail> open_tail(const Spec& spec, const PipelineSpec& pipeline, std::int64_t last) {
  TRY_ASSIGN(auto source, open_source(spec, pipeline));
  const auto topics = find_all_topics(pipeline.source, *source, answer_within);
  if (!topics.ok() && topics.error().code() == "topic_missing") return topics.error();
  if (!topics.ok()) return topics.error().within("kafka.brokers " + spec.kafka.brokers);
  return TopicTail{std::move(source), tail_of(*topics, last)};
}

Result<void> read_tail(const TopicTail& tail,
                       const std::function<bool(std::span<const Record>)>& take) {
  if (tail.ranges.empty()) return {};
  return read_tail(*tail.source, tail.ranges, system_clock(), patience, take);
}

}  // namespace tallymill
