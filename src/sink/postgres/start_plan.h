#pragma once

// What the next start would do in Postgres, found by what a start itself goes by. Reads only, in
// read-only transactions; needs no more rights than a start.

#include <optional>
#include <string>
#include <vector>

#include "config/spec.h"
#include "sink/postgres/options.h"
#include "sink/postgres/start_work.h"

namespace tallymill::postgres {

struct PlannedTable {
  TablePlan plan;
  std::string aggregation;
  TableWork work;
  // Why the start stops at it. Where `work` has statements, they would settle it.
  std::optional<Error> refusal;
};

struct PlannedPipeline {
  std::string name;
  std::optional<StoredPipeline> stored;  // Perhaps under a former name.
  std::string committed_at;              // Of the last batch, and
  std::string newest_event;              // the newest event in it; empty: none.
  PipelineWork work;
  std::optional<Error> refusal;          // Why the start stops at its row or its checkpoints.
  // In the order of the configuration; none where the configuration itself is refused.
  std::vector<PlannedTable> tables;
  std::string reader_grants;             // Statements, each a line.
  std::optional<Error> readers_refusal;
  std::optional<Error> lookups_refusal;  // Of the first table of a lookup that cannot be read.

  [[nodiscard]] bool refused() const;
};

struct StartPlan {
  SchemaWork schema;
  std::optional<Error> schema_refusal;  // Then the start of each pipeline stops there.
  std::vector<PlannedPipeline> pipelines;
};

// Fails if Postgres does not answer or refuses to.
[[nodiscard]] Result<StartPlan> plan_start(const Spec& spec, const SecretResolver& secrets);

}  // namespace tallymill::postgres
