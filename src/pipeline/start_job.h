#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "config/spec.h"
#include "pipeline/lookups.h"
#include "pipeline/positions.h"
#include "sink/store.h"
#include "source/source.h"

namespace tallymill {

// Everything that must be true before the first fetch, in one blocking job: schema and tables,
// lease, positions, lookups. Runs on the writer's thread; can be run again after any failure.
struct StartJob {
  const PipelineSpec& spec;
  Source& source;
  Store& store;
  const Lookups& lookups;
  // What was loaded before: taken where it is new enough, and if all of it is there but cannot be loaded now.
  Lookups::Loaded lookups_at_hand;
  const Clock& clock;
  std::string instance;
  std::string session;
  // The process has just started: a lease under our own instance name is ours to take back.
  bool own_name_may_take = true;
  // The lease that is over, as LeaseWatch judged.
  std::optional<Lease> over;
  // Checkpoint rows that somebody deleted, as this process held them: put back (rule R4).
  std::vector<Checkpoint> restore;
  FirstOffsets first;
  // Logs that were cut, as the source reported.
  Truncations truncations;
};

struct StartOutcome {
  enum class Kind { started, standby, paused, failed };
  Kind kind = Kind::failed;
  bool leased = false;  // The lease is ours, also where the start failed after that.
  Error error{Reaction::retry, ""};  // failed
  Lease holder;                      // standby
  // Of all commands that were given before: the last one's number; nothing if it could not be read.
  std::optional<std::int64_t> orders_given;
  Positions positions;               // started
  Lookups::Loaded lookups;           // What is at hand now; started: all of them.
};

[[nodiscard]] StartOutcome run_start_job(const StartJob& job);

}  // namespace tallymill
