#pragma once

// Puts a changed configuration into force while the daemon runs.
//
// The new file is read and checked whole, as `check` does it, by the thread that calls reload(); what a
// start would find out in Postgres is tried there and taken back; what Kafka's client would refuse is tried
// by making one. Whatever is wrong, nothing has been touched by then, and the configuration in force goes
// on. After that nothing can fail any more:
//
//   1. Pipelines that are removed or changed commit what is open and end, at the same time; those that are
//      changed keep their lease.
//   2. What each pipeline may take of memory_limit is divided anew.
//   3. Pipelines that are added or changed are built and begin, each as at a start of the process.
//
// A pipeline that is neither is not touched: it keeps its lease, its connections and its open batch. Only
// where others take so much of memory_limit that what it fetches ahead leaves too little is it changed,
// too.
//
// Variables are those of the process's start. Secrets that are kept in files or commands are read at each
// connect, so a changed one alone needs no reload.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/load.h"
#include "config/spec_changes.h"
#include "daemon/built_pipeline.h"
#include "daemon/fleet.h"
#include "daemon/reload_desk.h"

namespace tallymill {

struct ReloadParts {
  Fleet& fleet;
  // Reads the file and checks it, offline. Warnings come with the spec.
  std::function<Loaded()> load;
  // Fails as the start of the pipeline would, and changes nothing.
  std::function<Result<void>(const Spec&, const PipelineSpec&)> rehearse;
  // `spec` outlives what is prepared.
  std::function<Result<std::unique_ptr<PreparedPipeline>>(const Spec& spec, const PipelineSpec&,
                                                          const MemoryShares&)>
      prepare;
  // Nothing of the pipeline is left.
  std::function<void(const std::string& pipeline)> forget;
  // The configuration is in force, and those that it adds or changes begin.
  std::function<void(const Spec&)> adopt;
  // How long those that begin may take until they stand somewhere. One that takes longer is no failure:
  // it waits, as it would at a start, for what its status tells.
  Duration patience = std::chrono::seconds(10);
};

struct ReloadOutcome {
  ReloadResult result = ReloadResult::rejected;
  std::string message;  // Lines, each with its end.
};

// Used by one thread, the only one that adds to and takes from the fleet.
class Reloader {
 public:
  // `now` is what the fleet runs.
  Reloader(ReloadParts parts, std::shared_ptr<const Spec> now);

  // Blocks for as long as it takes. A fleet that is told to stop meanwhile stops, and nothing begins.
  [[nodiscard]] ReloadOutcome reload();

 private:
  using Names = std::vector<std::string>;
  struct Prepared {
    std::string name;
    std::unique_ptr<PreparedPipeline> pipeline;
  };

  [[nodiscard]] std::map<std::string, MemoryShares> divide(const Spec& next, SpecChanges& changes) const;
  [[nodiscard]] std::string rehearse(const Spec& next, const Names& names) const;
  [[nodiscard]] Result<std::vector<Prepared>> prepare(const Spec& next, const Names& names,
                                                      const MemoryShares& shares) const;
  void exchange(const std::shared_ptr<const Spec>& next, const SpecChanges& changes,
                std::vector<Prepared> prepared, const MemoryShares& shares,
                const std::map<std::string, MemoryShares>& kept);
  [[nodiscard]] ReloadOutcome look(const Names& begun, std::string said);

  ReloadParts parts_;
  std::shared_ptr<const Spec> now_;
};

}  // namespace tallymill
