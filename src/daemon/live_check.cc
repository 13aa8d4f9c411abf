#include "daemon/live_check.h"

#include "daemon/secrets.h"
#include "sink/postgres/connection.h"
#include "sink/postgres/identifiers.h"
#include "sink/postgres/target_table.h"
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

Result<void> check_tables(const PipelineSpec& pipeline, postgres::Connection& connection) {
  for (const AggregationSpec& aggregation : pipeline.aggregations) {
    const TablePlan& plan = aggregation.plan;
    TRY_ASSIGN(const auto found,
               connection.query("SELECT to_regclass($1) IS NOT NULL",
                                postgres::Params().text(
                                    postgres::qualified(plan.schema, plan.table)),
                                patience));
    // A table that is not there yet will be made.
    if (found.flag(0, 0)) TRY(postgres::compare_table(connection, plan, patience));
  }
  return {};
}

}  // namespace

Result<void> check_live(const Spec& spec) {
  TRY_ASSIGN(const auto connection, postgres::Connection::open(spec.postgres, resolve_secret));
  for (const PipelineSpec& pipeline : spec.pipelines) {
    if (auto topics = check_topics(spec, pipeline); !topics.ok()) {
      return topics.error().within("pipeline " + pipeline.name);
    }
    if (auto tables = check_tables(pipeline, *connection); !tables.ok()) {
      return tables.error().within("pipeline " + pipeline.name);
    }
  }
  return {};
}

}  // namespace tallymill
