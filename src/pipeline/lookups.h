#pragma once

// The lookups of one pipeline: loaded whole, checked, and swapped in at a cut only. What changes is
// loaded beside the table in use; one that cannot be used leaves the old one in force.
//
// Used by the pipeline's thread; loading itself runs on an Executor.

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/executor.h"
#include "base/task.h"
#include "config/spec.h"
#include "model/batch.h"
#include "model/lookup_table.h"
#include "pipeline/backoff.h"
#include "pipeline/status.h"

namespace tallymill {

using LookupTables = std::vector<std::shared_ptr<const LookupTable>>;

// Where lookups come from. Thread-safe.
class LookupReader {
 public:
  virtual ~LookupReader() = default;
  [[nodiscard]] virtual Result<std::shared_ptr<const LookupTable>> load(const LookupSpec& spec) = 0;
  // Of a file: changes whenever load() would give something else. Always the same of a table in Postgres,
  // which is read again to see. Cheap.
  [[nodiscard]] virtual std::string version(const LookupSpec& spec) = 0;
  // Nobody waits for tables any more: the load() of one that is under way ends at once, as do those that
  // follow, with Reaction::retry and the code "interrupted".
  virtual void interrupt() = 0;
};

class Lookups {
 public:
  Lookups(const PipelineSpec& spec, LookupReader& reader);

  struct Loaded {
    LookupTables tables;  // Null where one could not be loaded yet.
    std::vector<std::string> versions;
    std::vector<SteadyTime> known_at;  // When each was known to be what its file or table holds.

    [[nodiscard]] bool complete() const;
  };
  // Loads all at `now`, blocking. Fails with Reaction::retry if a file changes meanwhile. Runs on any
  // thread, as refresh() does, and touches nothing of this object but the reader.
  [[nodiscard]] Result<Loaded> load(SteadyTime now) const;
  // The same into what was loaded before, but for files that are as they were and tables that were read
  // less than a `refresh` ago. What could be loaded before the first failure is in it all the same.
  [[nodiscard]] Result<void> refresh(Loaded& loaded, SteadyTime now) const;

  // Puts tables in force, as at a start. What was being loaded is forgotten. REQUIRES: loaded.complete()
  void use(Loaded loaded);
  // What a start that came to nothing had loaded, so that the next one need not load it again.
  void keep(Loaded loaded) { kept_ = std::move(loaded); }
  // What a start has before it loads anything.
  [[nodiscard]] const Loaded& at_hand() const { return kept_ ? *kept_ : newest(); }

  // Once there are tables in force, looks for changes, and loads on `executor` what has any: files are
  // looked at every second, and loaded once two looks have seen the same, as a file that is being copied
  // is not whole; tables in Postgres are read again when their time has come.
  void watch(Executor& executor, SteadyTime now, const std::function<void()>& wake);

  // Puts newly loaded tables in force and returns them, or null if there are none with other contents.
  // Called at a cut, after uses() was asked for the batch that ends there.
  [[nodiscard]] const LookupTables* swap();

  [[nodiscard]] const LookupTables& tables() const { return in_force_.tables; }
  // What a batch that was folded with the tables in force has to name.
  [[nodiscard]] std::vector<LookupUse> uses() const;
  // Those in force and those that wait for the next batch.
  [[nodiscard]] std::size_t memory_bytes() const;
  // How old what the next batch will be folded with is, and why; nothing before there are tables in force.
  [[nodiscard]] std::vector<LookupStatus> standing(SteadyTime now) const;

 private:
  using Table = std::shared_ptr<const LookupTable>;
  // One of the configuration's, and how it is looked after.
  struct Watched {
    explicit Watched(const LookupSpec& lookup);
    std::string seen;                     // The file's version at the last look.
    std::string tried;                    // That of the last load.
    std::optional<SteadyTime> next_read;  // Of the table; nothing: a `refresh` after the start's reading.
    Backoff retry;                        // Of a table that cannot be read.
    std::string failure;                  // Of the last load; empty: it went well.
    SteadyTime tell_again{};              // If it is still the same.
  };
  struct Reloaded {
    std::size_t which;
    SteadyTime asked;
    std::string version;
    Result<Table> table;
  };

  [[nodiscard]] Reloaded load_one(std::size_t which, SteadyTime now) const;
  // What the next batch will be folded with, or would be.
  [[nodiscard]] const Loaded& newest() const { return next_ ? *next_ : in_force_; }
  [[nodiscard]] Loaded& newest() { return next_ ? *next_ : in_force_; }
  [[nodiscard]] bool waits(std::size_t which) const;
  void watch_anew();
  [[nodiscard]] bool is_due(std::size_t which, SteadyTime now);
  void adopt(Reloaded reloaded, SteadyTime now);
  void keep_old(std::size_t which, const Error& error, SteadyTime now);

  const PipelineSpec& spec_;
  LookupReader& reader_;
  Loaded in_force_;
  std::vector<Watched> watched_;
  Task<std::vector<Reloaded>> reload_;
  std::optional<Loaded> next_;
  std::optional<Loaded> kept_;
  SteadyTime next_look_{};
};

}  // namespace tallymill
