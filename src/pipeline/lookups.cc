#include "pipeline/lookups.h"

#include <utility>

#include "base/log.h"

namespace tallymill {

Lookups::Lookups(const PipelineSpec& spec, LookupReader& reader) : spec_(spec), reader_(reader) {}

Result<Lookups::Loaded> Lookups::load() const {
  Loaded loaded;
  for (const LookupSpec& lookup : spec_.lookups) {
    loaded.versions.push_back(reader_.version(lookup));
    auto table = reader_.load(lookup);
    if (!table.ok()) return table.error().within("loading lookup " + lookup.name);
    loaded.tables.push_back(std::move(table).value());
    if (reader_.version(lookup) == loaded.versions.back()) continue;
    return Error(Reaction::retry, "lookup_changing", lookup.file + " changed while it was read")
        .within("loading lookup " + lookup.name);
  }
  return loaded;
}

void Lookups::use(Loaded loaded) {
  in_force_ = std::move(loaded);
  next_.reset();  // Loaded earlier than these.
}

void Lookups::watch(Executor& executor, SteadyTime now, const std::function<void()>& wake) {
  if (spec_.lookups.empty()) return;
  if (reload_.busy()) {
    auto finished = reload_.take();
    if (!finished) return;
    if (!finished->ok()) {
      if (finished->error().code() == "lookup_changing") return;
      log_warn("lookup not reloaded; the contents in use stay in force",
               {{"pipeline", spec_.name}, {"error", finished->error().message()}});
      return;
    }
    next_ = std::move(*finished).value();
    log_info("lookup reloaded; in force from the next batch on", {{"pipeline", spec_.name}});
    return;
  }
  if (now < next_look_) return;
  next_look_ = now + std::chrono::seconds(1);
  std::vector<std::string> versions;
  for (const LookupSpec& lookup : spec_.lookups) versions.push_back(reader_.version(lookup));
  const std::vector<std::string>& newest = next_ ? next_->versions : in_force_.versions;
  const bool settled = std::exchange(seen_versions_, versions) == versions;
  if (!settled || versions == newest || versions == tried_versions_) return;
  tried_versions_ = std::move(versions);
  reload_.start(executor, [this] { return load(); }, wake);
}

const LookupTables* Lookups::swap() {
  if (!next_) return nullptr;
  use(*std::exchange(next_, std::nullopt));
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
  for (const auto& table : in_force_.tables) bytes += table->memory_bytes();
  return bytes;
}

}  // namespace tallymill
