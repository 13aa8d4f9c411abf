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
  }
  return loaded;
}

void Lookups::use(Loaded loaded) {
  in_force_ = std::move(loaded);
  texts_.clear();
  for (const auto& table : in_force_.tables) {
    texts_.push_back(std::make_shared<const std::string>(table->canonical_text()));
  }
}

void Lookups::watch(Executor& executor, SteadyTime now, const std::function<void()>& wake) {
  if (spec_.lookups.empty()) return;
  if (reload_.busy()) {
    auto finished = reload_.take();
    if (!finished) return;
    if (!finished->ok()) {
      log_warn("lookup not reloaded; the contents in use stay in force",
               {{"pipeline", spec_.name}, {"error", finished->error().message()}});
      return;
    }
    refused_versions_.clear();
    next_ = std::move(*finished).value();
    log_info("lookup reloaded; in force from the next batch on", {{"pipeline", spec_.name}});
    return;
  }
  if (now < next_look_) return;
  next_look_ = now + std::chrono::seconds(1);
  std::vector<std::string> versions;
  for (const LookupSpec& lookup : spec_.lookups) versions.push_back(reader_.version(lookup));
  const std::vector<std::string>& newest = next_ ? next_->versions : in_force_.versions;
  if (versions == newest || versions == refused_versions_) return;
  refused_versions_ = std::move(versions);
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
    uses.push_back({spec_.lookups[i].name, in_force_.tables[i]->content_hash(), texts_[i]});
  }
  return uses;
}

std::size_t Lookups::memory_bytes() const {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < in_force_.tables.size(); ++i) {
    bytes += in_force_.tables[i]->memory_bytes() + texts_[i]->size();
  }
  return bytes;
}

}  // namespace tallymill
