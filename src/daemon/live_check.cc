#include "daemon/live_check.h"

#include "daemon/secrets.h"
#include "sink/postgres/check_tables.h"
#include "source/kafka/kafka_source.h"

namespace tallymill {
namespace {

constexpr Duration patience = std::chrono::seconds(10);

Result<void> check_topics(const Spec& spec, const PipelineSpec& pipeline) {
  KafkaSourceOptions options;
  options.kafka = spec.kafka;
  options.source = pipeline.source;
  options.secrets = resolve_secret;
  TRY_ASSIGN(const auto source, KafkaSource::open(options));
  TRY_ASSIGN(const auto topics, source->describe(pipeline.source.topics, patience));
  for (const TopicInfo& topic : topics) {
    if (!topic.partitions.empty()) continue;
    return Error(Reaction::stop, "topic_missing", "topic " + topic.topic + " does not exist");
  }
  return {};
}

}  // namespace

Result<void> check_live(const Spec& spec) {
  for (const PipelineSpec& pipeline : spec.pipelines) {
    if (auto topics = check_topics(spec, pipeline); !topics.ok()) {
      return topics.error().within("pipeline " + pipeline.name);
    }
  }
  return postgres::check_tables(spec, resolve_secret);
}

}  // namespace tallymill
