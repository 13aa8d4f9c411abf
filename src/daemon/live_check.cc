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

// What only the rows tell: that there are some, and not too many, and each key once.
Result<void> check_lookup_tables(const Spec& spec, const PipelineSpec& pipeline) {
  TRY_ASSIGN(const MemoryShares memory, divide_memory(spec));
  const auto reader = make_lookup_reader(spec.postgres, [limit = memory.lookup_limit] { return limit; });
  for (const LookupSpec& lookup : pipeline.lookups) {
    if (!lookup.reads_table()) continue;
    const auto table = reader->load(lookup);
    if (!table.ok()) return table.error().within("pipeline " + pipeline.name + ": lookup " + lookup.name);
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
  TRY(postgres::check_tables(spec, resolve_secret));
  for (const PipelineSpec& pipeline : spec.pipelines) TRY(check_lookup_tables(spec, pipeline));
  return {};
}

}  // namespace tallymill
