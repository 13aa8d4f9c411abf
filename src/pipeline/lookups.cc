#include "pipeline/lookups.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "base/log.h"

namespace tallymill {
namespace {

// A file's; a table has a `refresh` of its own.
constexpr Duration between_looks = std::chrono::seconds(1);
// Where reading a table failed it is tried sooner than it would be read again: soon, then more seldom.
constexpr Duration retry_first = std::chrono::seconds(1);
constexpr Duration retry_within = std::chrono::seconds(30);
// A table that cannot be read is told of so often: what is counted with grows old.
constexpr Duration between_tellings = std::chrono::minutes(10);

}  // namespace

bool Lookups::Loaded::complete() const {
  return std::find(tables.begin(), tables.end(), nullptr) == tables.end();
}

Lookups::Watched::Watched(const LookupSpec& lookup)
    : retry(std::min<Duration>(lookup.refresh, retry_first), std::min<Duration>(lookup.refresh, retry_within),
            hash_bytes(lookup.name)) {}

Lookups::Lookups(const PipelineSpec& spec, LookupReader& reader) : spec_(spec), reader_(reader) {
  watch_anew();
}

void Lookups::watch_anew() {
  watched_.clear();
  for (const LookupSpec& lookup : spec_.lookups) watched_.emplace_back(lookup);
}

Lookups::Reloaded Lookups::load_one(std::size_t which, SteadyTime now) const {
  const LookupSpec& lookup = spec_.lookups[which];
  Reloaded loaded{which, now, reader_.version(lookup), reader_.load(lookup)};
  if (loaded.table.ok() && reader_.version(lookup) != loaded.version) {
    loaded.table = Error(Reaction::retry, "lookup_changing", lookup.file + " changed while it was read");
  }
  if (!loaded.table.ok()) loaded.table = loaded.table.error().within("loading lookup " + lookup.name);
  return loaded;
}

Result<Lookups::Loaded> Lookups::load(SteadyTime now) const {
  Loaded loaded;
  TRY(refresh(loaded, now));
  return loaded;
}

Result<void> Lookups::refresh(Loaded& loaded, SteadyTime now) const {
  loaded.tables.resize(spec_.lookups.size());
  loaded.versions.resize(spec_.lookups.size());
  loaded.known_at.resize(spec_.lookups.size());
  for (std::size_t i = 0; i < spec_.lookups.size(); ++i) {
    const LookupSpec& lookup = spec_.lookups[i];
    const bool holds = lookup.reads_table() ? now < loaded.known_at[i] + lookup.refresh
                                            : reader_.version(lookup) == loaded.versions[i];
    if (loaded.tables[i] != nullptr && holds) {
      if (!lookup.reads_table()) loaded.known_at[i] = now;
      continue;
    }
    Reloaded one = load_one(i, now);
    if (!one.table.ok()) return one.table.error();
    loaded.tables[i] = std::move(one.table).value();
    loaded.versions[i] = std::move(one.version);
    loaded.known_at[i] = now;
  }
  return {};
}

void Lookups::use(Loaded loaded) {
  in_force_ = std::move(loaded);
  next_.reset();  // Among these, if they are not newer. What is under way is read again when its time comes.
  kept_.reset();
  reload_.abandon();
  watch_anew();
}

void Lookups::watch(Executor& executor, SteadyTime now, const std::function<void()>& wake) {
  if (in_force_.tables.empty()) return;
  if (reload_.busy()) {
    auto finished = reload_.take();
    if (!finished) return;
    for (Reloaded& one : *finished) adopt(std::move(one), now);
    return;
  }
  if (now < next_look_) return;
  next_look_ = now + between_looks;
  std::vector<std::size_t> due;
  for (std::size_t i = 0; i < watched_.size(); ++i) {
    if (is_due(i, now)) due.push_back(i);
  }
  if (due.empty()) return;
  reload_.start(
      executor,
      [this, now, due = std::move(due)] {
        std::vector<Reloaded> reloaded;
        for (const std::size_t which : due) reloaded.push_back(load_one(which, now));
        return reloaded;
      },
      wake);
}

bool Lookups::is_due(std::size_t which, SteadyTime now) {
  const LookupSpec& lookup = spec_.lookups[which];
  Watched& watched = watched_[which];
  // One in force, one that waits and one that is being read would be more than memory was set apart for.
  if (lookup.reads_table()) {
    return !waits(which) && now >= watched.next_read.value_or(newest().known_at[which] + lookup.refresh);
  }
  std::string version = reader_.version(lookup);
  const bool settled = std::exchange(watched.seen, version) == version;
  const bool same = version == newest().versions[which];
  if (same) newest().known_at[which] = now;
  if (!settled || same || waits(which) || version == watched.tried) return false;
  watched.tried = std::move(version);
  return true;
}

void Lookups::adopt(Reloaded reloaded, SteadyTime now) {
  const LookupSpec& lookup = spec_.lookups[reloaded.which];
  Watched& watched = watched_[reloaded.which];
  if (!reloaded.table.ok()) return keep_old(reloaded.which, reloaded.table.error(), now);
  watched.next_read = now + lookup.refresh;
  watched.retry.reset();
  if (!std::exchange(watched.failure, {}).empty()) {
    log_info("lookup can be loaded again", {{"pipeline", spec_.name}, {"lookup", lookup.name}});
  }
  Table table = std::move(reloaded.table).value();
  const bool same = table->content_hash() == newest().tables[reloaded.which]->content_hash();
  if (!same) {
    if (!next_) next_ = in_force_;
    next_->tables[reloaded.which] = std::move(table);
    log_info("lookup reloaded; in force from the next batch on",
             {{"pipeline", spec_.name}, {"lookup", lookup.name}});
  }
  newest().versions[reloaded.which] = std::move(reloaded.version);
  newest().known_at[reloaded.which] = reloaded.asked;
}

void Lookups::keep_old(std::size_t which, const Error& error, SteadyTime now) {
  const LookupSpec& lookup = spec_.lookups[which];
  Watched& watched = watched_[which];
  watched.next_read = now + watched.retry.next();
  if (error.code() == "lookup_changing") return;
  // A file that fails is tried again once it has changed, a table time after time.
  const bool told = std::exchange(watched.failure, error.message()) == error.message();
  if (told && lookup.reads_table() && now < watched.tell_again) return;
  watched.tell_again = now + between_tellings;
  log_warn("lookup not reloaded; the contents in use stay in force",
           {{"pipeline", spec_.name}, {"error", error.message()}});
}

const LookupTables* Lookups::swap() {
  if (!next_) return nullptr;
  in_force_ = *std::exchange(next_, std::nullopt);
  return &in_force_.tables;
}

std::vector<LookupUse> Lookups::uses() const {
  std::vector<LookupUse> uses;
  for (std::size_t i = 0; i < in_force_.tables.size(); ++i) {
    uses.push_back(
        {spec_.lookups[i].name, in_force_.tables[i]->content_hash(), in_force_.tables[i]});
  }
  return uses;
}

std::size_t Lookups::memory_bytes() const {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < in_force_.tables.size(); ++i) {
    bytes += in_force_.tables[i]->memory_bytes();
    if (waits(i)) bytes += next_->tables[i]->memory_bytes();
  }
  return bytes;
}

// Newly loaded, and not in force before the next batch.
bool Lookups::waits(std::size_t which) const {
  return next_ && next_->tables[which] != in_force_.tables[which];
}

std::vector<LookupStatus> Lookups::standing(SteadyTime now) const {
  std::vector<LookupStatus> all;
  for (std::size_t i = 0; i < newest().known_at.size(); ++i) {
    const LookupSpec& lookup = spec_.lookups[i];
    // A table is not read while its new contents wait for the end of a batch.
    all.push_back({lookup.name, now - newest().known_at[i],
                   lookup.reads_table() ? std::max<Duration>(lookup.refresh, spec_.interval) : between_looks,
                   watched_[i].failure});
  }
  return all;
}

}  // namespace tallymill
