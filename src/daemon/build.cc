#include "daemon/build.h"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "base/digest.h"
#include "base/hash.h"
#include "config/revision.h"
#include "daemon/lookup_reader.h"
#include "daemon/secrets.h"
#include "daemon/version.h"
#include "decode/decoder.h"
#include "sink/postgres/postgres_dead_letters.h"
#include "sink/postgres/postgres_ledger.h"
#include "sink/postgres/postgres_store.h"
#include "sink/postgres/rehearse_start.h"
#include "source/kafka/kafka_source.h"
#include "transform/evaluator.h"

namespace tallymill {
namespace {

postgres::Identity identity_of(const Spec& spec, const PipelineSpec& pipeline,
                               const std::string& session) {
  const std::string program = std::string(version) + " " + commit;
  return {spec.instance, session, revision_of(pipeline, program), program};
}

postgres::Identity identity_of(const BuildInput& input) {
  return identity_of(input.spec, input.pipeline, input.session);
}

class ConcretePipeline final : public BuiltPipeline {
 public:
  ConcretePipeline(const BuildInput& input, std::unique_ptr<Source> source, std::size_t workers)
      : heart_of_all_(input.heart),
        source_(std::move(source)),
        store_(make_postgres_store(input.spec.postgres, input.pipeline, identity_of(input),
                                   resolve_secret)),
        presence_(heart_of_all_->presence->of(input.pipeline, identity_of(input))),
        lookup_limit_(input.memory.lookup_limit),
        lookups_(make_lookup_reader(input.spec.postgres, [this] { return lookup_limit_.load(); })),
        writer_(make_thread_executor("writer")),
        inquiries_(make_thread_executor("inquiries")),
        heart_(share_executor(*heart_of_all_->executor)) {
    const PipelineSpec& spec = input.pipeline;
    PipelineOptions options;
    options.instance = input.spec.instance;
    options.session = input.session;
    options.seed = hash_bytes(spec.name + input.session);
    options.workers = workers;
    options.open_limit = input.memory.open_limit;
    options.drain = input.drain;
    options.drain_to = input.drain_to;
    options.rejected = input.rejected;
    options.refusal_ends = input.refusal_ends;
    options.metadata_refresh = input.spec.kafka.metadata_refresh;
    options.watchdog = input.spec.kafka.watchdog;
    options.letter_samples = input.spec.http.enabled && input.spec.http.dead_letter_samples;
    options.lease = LeaseTimes::within(input.spec.takeover);
    pipeline_ = std::make_unique<Pipeline>(
        PipelineParts{spec, system_clock(), *source_, *store_, *presence_, *lookups_,
                      input.metrics.pipeline(spec.name), *writer_, *inquiries_, *heart_,
                      [&spec, largest = input.memory.largest_document] {
                        return make_json_decoder(spec.fields, largest);
                      },
                      [&spec] { return make_evaluator(spec); }},
        options);
  }
  ~ConcretePipeline() override {
    // What the executors still run uses everything else, and is waited for.
    lookups_->interrupt();
    writer_.reset();
    inquiries_.reset();
    heart_.reset();
  }
  ConcretePipeline(const ConcretePipeline&) = delete;
  ConcretePipeline& operator=(const ConcretePipeline&) = delete;

  void run(const std::function<void()>& moved) override { pipeline_->run(moved); }
  void request_stop(Leaving leaving) override { pipeline_->request_stop(leaving); }
  std::optional<Error> failure() const override { return pipeline_->failure(); }
  PipelineStatus status() const override { return pipeline_->status(); }
  PipelineState state() const override { return pipeline_->state(); }
  HistoryView history() const override { return pipeline_->history().view(system_clock().steady_now()); }
  void share(const MemoryShares& memory) override {
    lookup_limit_ = memory.lookup_limit;
    pipeline_->limit_open(memory.open_limit);
  }

 private:
  std::shared_ptr<Heart> heart_of_all_;
  std::unique_ptr<Source> source_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Presence> presence_;
  std::atomic<std::size_t> lookup_limit_;
  std::unique_ptr<LookupReader> lookups_;
  std::unique_ptr<Executor> writer_;
  std::unique_ptr<Executor> inquiries_;
  std::unique_ptr<Executor> heart_;
  std::unique_ptr<Pipeline> pipeline_;
};

class ConcretePrepared final : public PreparedPipeline {
 public:
  ConcretePrepared(BuildInput input, std::unique_ptr<Source> source, std::size_t workers)
      : input_(std::move(input)), source_(std::move(source)), workers_(workers) {}

  std::unique_ptr<BuiltPipeline> build() override {
    return std::make_unique<ConcretePipeline>(input_, std::move(source_), workers_);
  }

 private:
  BuildInput input_;
  std::unique_ptr<Source> source_;
  std::size_t workers_;
};

// As the daemon decodes and evaluates.
RereadParts reread_parts(const PipelineSpec& pipeline, const MemoryShares& memory, Source& source) {
  return {pipeline, system_clock(), source,
          [&pipeline, largest = memory.largest_document] {
            return make_json_decoder(pipeline.fields, largest);
          },
          [&pipeline] { return make_evaluator(pipeline); }};
}

Result<std::unique_ptr<Source>> open_source(const Spec& spec, const PipelineSpec& pipeline,
                                            std::size_t prefetch, std::size_t lanes) {
  KafkaSourceOptions options;
  options.kafka = spec.kafka;
  options.source = pipeline.source;
  options.secrets = resolve_secret;
  options.prefetch_bytes = prefetch;
  options.lanes = lanes;
  auto source = KafkaSource::open(options);
  if (!source.ok()) return source.error().within("pipeline " + pipeline.name);
  return source;
}

class ConcreteRetrier final : public BuiltRetrier {
 public:
  ConcreteRetrier(const Spec& spec, const PipelineSpec& pipeline, std::unique_ptr<Source> source,
                  const Reading& reading)
      : source_(std::move(source)),
        letters_(build_dead_letters(spec, pipeline)),
        retrier_(reading.parts, *letters_, reading.lookups) {}

  Retrier& retrier() override { return retrier_; }
  DeadLetterStore& letters() override { return *letters_; }

 private:
  std::unique_ptr<Source> source_;
  std::unique_ptr<DeadLetterStore> letters_;
  Retrier retrier_;
};

class ConcreteVerifier final : public BuiltVerifier {
 public:
  ConcreteVerifier(const Spec& spec, const PipelineSpec& pipeline, const MemoryShares& memory,
                   std::unique_ptr<Source> source)
      : source_(std::move(source)),
        ledger_(make_postgres_ledger(spec.postgres, pipeline.name, resolve_secret)),
        verifier_(reread_parts(pipeline, memory, *source_), *ledger_) {}

  Verifier& verifier() override { return verifier_; }
  Ledger& ledger() override { return *ledger_; }

 private:
  std::unique_ptr<Source> source_;
  std::unique_ptr<Ledger> ledger_;
  Verifier verifier_;
};

}  // namespace

std::shared_ptr<Heart> make_heart(const PostgresSpec& postgres) {
  return std::make_shared<Heart>(
      Heart{make_postgres_presence(postgres, resolve_secret), make_thread_executor("heart")});
}

Result<std::unique_ptr<PreparedPipeline>> prepare_pipeline(const BuildInput& input) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t workers =
      input.spec.workers > 0 ? static_cast<std::size_t>(input.spec.workers) : cores;
  TRY_ASSIGN(auto source, open_source(input.spec, input.pipeline, input.memory.prefetch, workers));
  return std::unique_ptr<PreparedPipeline>(
      std::make_unique<ConcretePrepared>(input, std::move(source), workers));
}

Result<std::unique_ptr<BuiltPipeline>> build_pipeline(const BuildInput& input) {
  TRY_ASSIGN(const auto prepared, prepare_pipeline(input));
  return prepared->build();
}

Result<void> rehearse_start(const Spec& spec, const PipelineSpec& pipeline) {
  return postgres::rehearse_start(spec.postgres, pipeline, identity_of(spec, pipeline, new_session()),
                                  resolve_secret);
}

Result<std::unique_ptr<Source>> open_source(const Spec& spec, const PipelineSpec& pipeline) {
  TRY_ASSIGN(const MemoryShares memory, divide_memory(spec));
  return open_source(spec, pipeline, memory.prefetch, 1);
}

std::string new_session() {
  std::uint64_t bits = 0;
  CHECK(getrandom(&bits, sizeof bits, 0) == sizeof bits, "the kernel has random bytes");
  return to_hex(digest_of(std::to_string(bits) + std::to_string(getpid()))).substr(0, 16);
}

Result<std::unique_ptr<BuiltVerifier>> build_verifier(const Spec& spec,
                                                      const PipelineSpec& pipeline) {
  TRY_ASSIGN(const MemoryShares memory, divide_memory(spec));
  TRY_ASSIGN(auto source, open_source(spec, pipeline, memory.prefetch, 1));
  return std::unique_ptr<BuiltVerifier>(
      std::make_unique<ConcreteVerifier>(spec, pipeline, memory, std::move(source)));
}

Result<std::unique_ptr<BuiltRetrier>> build_retrier(const Spec& spec,
                                                    const PipelineSpec& pipeline) {
  TRY_ASSIGN(auto source, open_source(spec, pipeline));
  TRY_ASSIGN(const Reading reading, build_reading(spec, pipeline, *source));
  return std::unique_ptr<BuiltRetrier>(
      std::make_unique<ConcreteRetrier>(spec, pipeline, std::move(source), reading));
}

Result<Reading> build_reading(const Spec& spec, const PipelineSpec& pipeline, Source& source) {
  TRY_ASSIGN(const MemoryShares memory, divide_memory(spec));
  const auto reader = make_lookup_reader(spec.postgres, [limit = memory.lookup_limit] { return limit; });
  TRY_ASSIGN(Lookups::Loaded lookups, Lookups(pipeline, *reader).load(system_clock().steady_now()));
  return Reading{reread_parts(pipeline, memory, source), std::move(lookups.tables)};
}

Result<TrialParts> build_trial(const Spec& spec, const PipelineSpec& pipeline, LookupTables lookups) {
  TRY_ASSIGN(const MemoryShares memory, divide_memory(spec));
  return TrialParts{pipeline, system_clock(),
                    make_json_decoder(pipeline.fields, memory.largest_document),
                    make_evaluator(pipeline), std::move(lookups)};
}

Arrival build_arrival(const PipelineSpec& pipeline, Timestamp otherwise) {
  if (!pipeline.event_time.field) return {nullptr, otherwise};
  return {make_json_decoder({pipeline.fields[*pipeline.event_time.field]}), otherwise};
}

std::unique_ptr<DeadLetterStore> build_dead_letters(const Spec& spec, const PipelineSpec& pipeline) {
  return make_postgres_dead_letters(spec.postgres, pipeline, spec.instance, resolve_secret);
}

}  // namespace tallymill
