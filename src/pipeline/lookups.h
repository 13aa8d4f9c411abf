#pragma once

// The lookups of one pipeline: loaded whole, checked, and swapped in at a cut only. A file that
// changes is loaded beside the table in use; one that cannot be used leaves the old one in force.
//
// Used by the pipeline's thread; loading itself runs on an Executor.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/executor.h"
#include "base/task.h"
#include "config/spec.h"
#include "model/batch.h"
#include "model/lookup_table.h"

namespace tallymill {

using LookupTables = std::vector<std::shared_ptr<const LookupTable>>;

// Where lookups come from. Thread-safe.
class LookupReader {
 public:
  virtual ~LookupReader() = default;
  [[nodiscard]] virtual Result<std::shared_ptr<const LookupTable>> load(const LookupSpec& spec) = 0;
  // Changes whenever load() would give something else. Cheap.
  [[nodiscard]] virtual std::string version(const LookupSpec& spec) = 0;
};

class Lookups {
 public:
  Lookups(const PipelineSpec& spec, LookupReader& reader);

  // Loads all, blocking. Fails with Reaction::retry if a file changes meanwhile. Runs on any thread,
  // touches nothing of this object but the reader.
  struct Loaded {
    LookupTables tables;
    std::vector<std::string> versions;
  };
  [[nodiscard]] Result<Loaded> load() const;

  // Puts tables in force, as at a start.
  void use(Loaded loaded);

  // Looks for changed files every second and loads them on `executor`, once two looks have seen the
  // same: a file that is being copied is not whole.
  void watch(Executor& executor, SteadyTime now, const std::function<void()>& wake);

  // Puts newly loaded tables in force and returns them, or null if there are none. Called at a cut,
  // after uses() was asked for the batch that ends there.
  [[nodiscard]] const LookupTables* swap();

  [[nodiscard]] const LookupTables& tables() const { return in_force_.tables; }
  [[nodiscard]] const Loaded& in_force() const { return in_force_; }
  // What a batch that was folded with the tables in force has to name.
  [[nodiscard]] std::vector<LookupUse> uses() const;
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  const PipelineSpec& spec_;
  LookupReader& reader_;
  Loaded in_force_;
  std::vector<std::string> seen_versions_;  // At the last look.
  std::vector<std::string> tried_versions_;  // Of the last load.
  Task<Result<Loaded>> reload_;
  std::optional<Loaded> next_;
  SteadyTime next_look_{};
};

}  // namespace tallymill
