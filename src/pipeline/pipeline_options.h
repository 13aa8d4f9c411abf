#pragma once

// What a pipeline is given when it is made, and how it is told to leave.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/executor.h"
#include "config/spec.h"
#include "metrics/pipeline_metrics.h"
#include "pipeline/fold_worker.h"
#include "pipeline/lookups.h"
#include "sink/presence.h"
#include "sink/store.h"
#include "source/source.h"

namespace tallymill {

// What a pipeline is made of. Everything outlives the pipeline but what the executors still run: that
// uses the pipeline, so they end, or run nothing more, before it does.
struct PipelineParts {
  const PipelineSpec& spec;
  const Clock& clock;
  Source& source;
  Store& store;
  Presence& presence;
  LookupReader& lookups;
  PipelineMetrics& metrics;
  Executor& writer;
  Executor& inquiries;
  Executor& heart;
  std::function<std::unique_ptr<Decoder>()> make_decoder;
  std::function<std::unique_ptr<Evaluator>()> make_evaluator;
};

// Where to stop reading each partition; one that is not named is not read.
using DrainLimits = std::map<TopicPartition, Offset>;

struct PipelineOptions {
  std::string instance;
  std::string session;       // Random, one per process start.
  std::uint64_t seed = 1;    // For jitter and batch ids.
  std::size_t workers = 1;
  // Bytes that the open batch may take before it is cut early or fetching waits. The cut batch may
  // take as much again. Of the start; limit_open() changes it.
  std::size_t open_limit = std::size_t{64} << 20;
  bool drain = false;        // Process what is there now and finish.
  std::optional<DrainLimits> drain_to;  // Draining: up to there instead of what is there now.
  RecordSet rejected;        // Rejected whatever they hold, with reason `database`.
  Duration metadata_refresh = std::chrono::seconds(30);
  Duration watchdog = std::chrono::seconds(60);
  LeaseTimes lease = LeaseTimes::within(std::chrono::seconds(3));
  Duration stop_patience = std::chrono::seconds(8);
  bool letter_samples = false;  // Its history holds the first bytes of some dead letters.
  // A configuration that was refused from the start ends the pipeline; otherwise it waits, stopped, for
  // a person, as after any other stop.
  bool refusal_ends = true;
};

// Whether a pipeline that is asked to stop is expected back, in this process and under this instance's
// name: then it keeps its lease, and another instance takes it only if that takes too long.
enum class Leaving : std::uint8_t { for_good, to_return };

}  // namespace tallymill
