#pragma once

// Makes the concrete parts of a pipeline and puts them together. The one file that names them all.

#include <memory>
#include <string>

#include "base/error.h"
#include "base/executor.h"
#include "config/spec.h"
#include "daemon/built_pipeline.h"
#include "daemon/memory_shares.h"
#include "metrics/registry.h"
#include "pipeline/arrival.h"
#include "pipeline/pipeline.h"
#include "pipeline/retry.h"
#include "pipeline/trial.h"
#include "pipeline/verify.h"
#include "sink/dead_letter_store.h"
#include "sink/ledger.h"
#include "sink/postgres/postgres_presence.h"

namespace tallymill {

// What the pipelines of a process share to tell other instances that they live: a connection and a thread,
// which uses it, and so ends first.
struct Heart {
  std::unique_ptr<ProcessPresence> presence;
  std::unique_ptr<Executor> executor;
};
[[nodiscard]] std::shared_ptr<Heart> make_heart(const PostgresSpec& postgres);

struct BuildInput {
  const Spec& spec;
  const PipelineSpec& pipeline;
  MemoryShares memory;
  MetricsRegistry& metrics;
  std::string session;
  std::shared_ptr<Heart> heart;  // To the database of `spec`.
  bool drain = false;
  std::optional<DrainLimits> drain_to;  // As PipelineOptions, this and what follows.
  RecordSet rejected;
  bool refusal_ends = true;
};

// Connects in the background. Fails with Reaction::stop if a setting is refused.
[[nodiscard]] Result<std::unique_ptr<Source>> open_source(const Spec& spec,
                                                          const PipelineSpec& pipeline);

// Random: tells one process of a name from another, and what a process built from what it built before.
[[nodiscard]] std::string new_session();

// `input.spec` must outlive what is prepared and built. Fails with Reaction::stop if a setting is refused.
[[nodiscard]] Result<std::unique_ptr<PreparedPipeline>> prepare_pipeline(const BuildInput& input);

// Both steps at once.
[[nodiscard]] Result<std::unique_ptr<BuiltPipeline>> build_pipeline(const BuildInput& input);

// Does on Postgres what the pipeline's start would do first, and takes it back: fails as that would. Asks
// at most 5 seconds.
[[nodiscard]] Result<void> rehearse_start(const Spec& spec, const PipelineSpec& pipeline);

// What reads a pipeline's ledger batches again, beside a daemon or without one.
class BuiltVerifier {
 public:
  virtual ~BuiltVerifier() = default;
  [[nodiscard]] virtual Verifier& verifier() = 0;
  [[nodiscard]] virtual Ledger& ledger() = 0;
};

// `spec` and `pipeline` must outlive what is built. Fails with Reaction::stop if a setting is refused.
[[nodiscard]] Result<std::unique_ptr<BuiltVerifier>> build_verifier(const Spec& spec,
                                                                    const PipelineSpec& pipeline);

// What reads records as the daemon does, with the lookups of now.
struct Reading {
  RereadParts parts;
  LookupTables lookups;
};
// `pipeline` and `source` must outlive it. Fails if a lookup cannot be loaded.
[[nodiscard]] Result<Reading> build_reading(const Spec& spec, const PipelineSpec& pipeline,
                                            Source& source);

// What tries records of the pipeline as the daemon would count them. Asks neither Kafka nor Postgres.
// `pipeline` must outlive it.
[[nodiscard]] Result<TrialParts> build_trial(const Spec& spec, const PipelineSpec& pipeline,
                                             LookupTables lookups);

// When records came that are at hand without a time of their own; `otherwise` as Arrival says.
[[nodiscard]] Arrival build_arrival(const PipelineSpec& pipeline, Timestamp otherwise);

// What offers a pipeline's dead letters again, with the lookups of now.
class BuiltRetrier {
 public:
  virtual ~BuiltRetrier() = default;
  [[nodiscard]] virtual Retrier& retrier() = 0;
  [[nodiscard]] virtual DeadLetterStore& letters() = 0;
};

// As build_verifier(); fails also if a lookup cannot be loaded.
[[nodiscard]] Result<std::unique_ptr<BuiltRetrier>> build_retrier(const Spec& spec,
                                                                  const PipelineSpec& pipeline);
[[nodiscard]] std::unique_ptr<DeadLetterStore> build_dead_letters(const Spec& spec,
                                                                  const PipelineSpec& pipeline);

}  // namespace tallymill
