#include "config/spec_changes.h"

#include <algorithm>
#include <tuple>

#include "config/revision.h"

namespace tallymill {
namespace {

// Where a secret is kept, not what is kept there.
bool same(const SecretSource& now, const SecretSource& next) {
  if (now.from.index() != next.from.index()) return false;
  if (const auto* literal = std::get_if<SecretSource::Literal>(&now.from)) {
    return literal->value == std::get_if<SecretSource::Literal>(&next.from)->value;
  }
  if (const auto* file = std::get_if<SecretSource::File>(&now.from)) {
    return file->path == std::get_if<SecretSource::File>(&next.from)->path;
  }
  return std::get_if<SecretSource::Command>(&now.from)->argv ==
         std::get_if<SecretSource::Command>(&next.from)->argv;
}

bool same(const std::optional<SecretSource>& now, const std::optional<SecretSource>& next) {
  return now && next ? same(*now, *next) : now.has_value() == next.has_value();
}

// The two that follow name every member, so that one that is added later does not go unnoticed: they
// no longer compile.

bool same(const KafkaSpec& now, const KafkaSpec& next) {
  const auto& [brokers, options, metadata_refresh, watchdog] = now;
  const auto same_option = [](const auto& a, const auto& b) {
    return a.first == b.first && same(a.second, b.second);
  };
  return std::equal(options.begin(), options.end(), next.options.begin(), next.options.end(), same_option) &&
         std::tie(brokers, metadata_refresh, watchdog) ==
             std::tie(next.brokers, next.metadata_refresh, next.watchdog);
}

bool same_all(const PostgresSpec& now, const PostgresSpec& next) {
  const auto& [dsn, password, schema, ddl, readers, connect, statement, lock, commit] = now;
  return same(dsn, next.dsn) && same(password, next.password) &&
         std::tie(schema, ddl, readers, connect, statement, lock, commit) ==
             std::tie(next.schema, next.ddl, next.readers, next.connect_timeout, next.statement_timeout,
                      next.lock_timeout, next.commit_timeout);
}

// What each pipeline is made with beside its own section.
bool same_surroundings(const Spec& now, const Spec& next) {
  return same(now.kafka, next.kafka) && same_all(now.postgres, next.postgres) &&
         now.takeover == next.takeover && now.workers == next.workers &&
         now.memory_limit == next.memory_limit &&
         now.http.dead_letter_samples == next.http.dead_letter_samples;
}

bool same_origins(const PipelineSpec& now, const PipelineSpec& next) {
  return std::equal(now.lookups.begin(), now.lookups.end(), next.lookups.begin(), next.lookups.end(),
                    [](const LookupSpec& a, const LookupSpec& b) {
                      return a.name == b.name && a.file == b.file && a.format == b.format &&
                             a.table == b.table && a.refresh == b.refresh;
                    });
}

// `renamed_from` means nothing to a pipeline that has its name already.
bool same(const PipelineSpec& now, const PipelineSpec& next) {
  return revision_of(now, "") == revision_of(next, "") && same_origins(now, next);
}

const PipelineSpec* find(const Spec& spec, const std::string& name) {
  const auto found = std::find_if(spec.pipelines.begin(), spec.pipelines.end(),
                                  [&name](const PipelineSpec& one) { return one.name == name; });
  return found == spec.pipelines.end() ? nullptr : &*found;
}

std::vector<std::string> fixed_keys(const Spec& now, const Spec& next) {
  std::vector<std::string> keys;
  if (now.instance != next.instance) keys.emplace_back("instance");
  if (now.http.enabled != next.http.enabled) keys.emplace_back("http.enabled");
  if (now.http.address != next.http.address) keys.emplace_back("http.address");
  if (now.http.port != next.http.port) keys.emplace_back("http.port");
  return keys;
}

}  // namespace

bool same_postgres(const PostgresSpec& now, const PostgresSpec& next) { return same_all(now, next); }

SpecChanges changes_between(const Spec& now, const Spec& next) {
  SpecChanges changes;
  changes.fixed = fixed_keys(now, next);
  const bool as_before = same_surroundings(now, next);
  for (const PipelineSpec& pipeline : next.pipelines) {
    const PipelineSpec* before = find(now, pipeline.name);
    if (before == nullptr) {
      changes.added.push_back(pipeline.name);
    } else if (as_before && same(*before, pipeline)) {
      changes.kept.push_back(pipeline.name);
    } else {
      changes.changed.push_back(pipeline.name);
    }
  }
  for (const PipelineSpec& pipeline : now.pipelines) {
    if (find(next, pipeline.name) == nullptr) changes.removed.push_back(pipeline.name);
  }
  return changes;
}

}  // namespace tallymill
