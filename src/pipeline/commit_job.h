#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/spec.h"
#include "model/batch.h"
#include "pipeline/assemble.h"
#include "pipeline/part.h"
#include "sink/store.h"
#include "source/source.h"

namespace tallymill {

// One try at committing one batch, on the writer's thread. The first try assembles the batch from
// the workers' parts; later ones are given the batch again.
struct CommitJob {
  const PipelineSpec& spec;
  Source& source;
  Store& store;
  std::vector<Part> parts;
  CutContext context;
  std::shared_ptr<const Batch> batch;  // Null: to be assembled.
  bool topics_checked = false;
  // The fate of an earlier try is not known: decide it before anything else (rule R3).
  bool resolve_first = false;
};

struct CommitVerdict {
  enum class Kind {
    acked,
    later,    // Certainly not applied, or not known (resolve_first): the same batch again, later.
    drop,     // What is in memory no longer fits what is stored: follow the checkpoint (R4, R13).
    isolate,  // Postgres refuses the batch for its data (R16).
    stop,
  };
  Kind kind = Kind::later;
  std::shared_ptr<const Batch> batch;  // Null if it could not be assembled.
  CommitResult result;                 // Of the last try; its error says why, unless acked.
  std::optional<Resolution> resolution;
  // What happened, for metrics: the outcome of the try if there was one, then what became of an
  // unknown one once that was found out.
  std::vector<std::string_view> outcomes;
  bool topics_checked = false;
  bool resolve_first = false;
};

[[nodiscard]] CommitVerdict run_commit_job(CommitJob& job);

}  // namespace tallymill
