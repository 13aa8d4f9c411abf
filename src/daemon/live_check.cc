#include "daemon/live_check.h"

#include "daemon/lookup_reader.h"
#include "daemon/memory_shares.h"
#include "daemon/secrets.h"
#include "pipeline/topics.h"
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
  TRY(find_all_topics(pipeline.source, *source, patience));
  return {};
}

// A cluster that cannot be reached, or not logged in to, is the same for all pipelines.
void check_kafka(const Spec& spec, std::vector<Error>& problems) {
  for (const PipelineSpec& pipeline : spec.pipelines) {
    const auto topics = check_topics(spec, pipeline);
    if (topics.ok()) continue;
    if (topics.error().reaction() == Reaction::retry) {
      problems.push_back(topics.error().within("Kafka at " + spec.kafka.brokers));
      return;
    }
    problems.push_back(topics.error().within("pipeline " + pipeline.name));
  }
}

// What only the rows tell: that there are some, and not too many, and each key once.
void check_lookup_tables(const Spec& spec, std::vector<Error>& problems) {
  const auto memory = divide_memory(spec);
  if (!memory.ok()) return problems.push_back(memory.error());
  const auto reader = make_lookup_reader(spec.postgres, [limit = memory->lookup_limit] { return limit; });
  for (const PipelineSpec& pipeline : spec.pipelines) {
    for (const LookupSpec& lookup : pipeline.lookups) {
      if (!lookup.reads_table()) continue;
      const auto table = reader->load(lookup);
      if (table.ok()) continue;
      problems.push_back(table.error().within("pipeline " + pipeline.name + ": lookup " + lookup.name));
    }
  }
}

}  // namespace

std::vector<Error> check_live(const Spec& spec) {
  std::vector<Error> problems;
  check_kafka(spec, problems);
  const auto refusals = postgres::check_tables(spec, resolve_secret);
  if (!refusals.ok()) {
    problems.push_back(refusals.error());
    return problems;
  }
  problems.insert(problems.end(), refusals->begin(), refusals->end());
  check_lookup_tables(spec, problems);
  return problems;
}

}  // namespace tallymill
