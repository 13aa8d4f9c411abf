#include "daemon/reloader.h"

#include <algorithm>
#include <utility>

#include "base/counted.h"
#include "base/join.h"
#include "base/seeded_bug.h"

namespace tallymill {
namespace {

using Names = std::vector<std::string>;

Names together(Names names, const Names& more) {
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

const PipelineSpec& pipeline_of(const Spec& spec, const std::string& name) {
  return *std::find_if(spec.pipelines.begin(), spec.pipelines.end(),
                       [&name](const PipelineSpec& one) { return one.name == name; });
}

ReloadOutcome rejected(const std::string& why) {
  return {ReloadResult::rejected, why + "nothing was changed; the configuration in force goes on\n"};
}

// "added: a; changed: b, c; 3 pipelines are not touched". That none is left untouched goes without saying.
std::string summary(const SpecChanges& changes) {
  std::string text;
  const auto add = [&text](const char* what, const Names& names) {
    if (!names.empty()) text += std::string(what) + ": " + joined(names) + "; ";
  };
  add("added", changes.added);
  add("changed", changes.changed);
  add("removed", changes.removed);
  const std::size_t kept = changes.kept.size();
  if (kept == 0 && !text.empty()) return text.substr(0, text.size() - 2) + "\n";
  return text + counted(kept, "pipeline is", "pipelines are") + " not touched\n";
}

}  // namespace

Reloader::Reloader(ReloadParts parts, std::shared_ptr<const Spec> now)
    : parts_(std::move(parts)), now_(std::move(now)) {}

ReloadOutcome Reloader::reload() {
  Loaded loaded = parts_.load();
  const std::string said = render(loaded.problems);
  if (!loaded.spec) return rejected(said);
  const auto next = std::make_shared<const Spec>(*std::move(loaded.spec));
  SpecChanges changes = changes_between(*now_, *next);
  if (!changes.fixed.empty()) {
    return rejected(said + "read at the start only, so a change of it needs a restart: " +
                    joined(changes.fixed) + "\n");
  }
  const auto shares = divide_memory(*next);
  if (!shares.ok()) return rejected(said + shares.error().message() + "\n");
  const auto kept = divide(*next, changes);
  const Names to_begin = together(changes.added, changes.changed);

  const std::string wrong = rehearse(*next, to_begin);
  if (!wrong.empty() && !seeded(Bug::rejected_reload_in_force)) return rejected(said + wrong);
  auto prepared = prepare(*next, to_begin, *shares);
  if (!prepared.ok()) return rejected(said + prepared.error().message() + "\n");
  if (parts_.fleet.stopping()) return rejected(said + "the daemon stops\n");

  exchange(next, changes, std::move(prepared).value(), *shares, kept);
  return look(to_begin, said + summary(changes));
}

// What those that go on may take from now on; one for which that is too little is changed, too.
std::map<std::string, MemoryShares> Reloader::divide(const Spec& next, SpecChanges& changes) const {
  std::map<std::string, MemoryShares> kept;
  for (const std::string& name : std::exchange(changes.kept, {})) {
    if (auto shares = divide_around(next, parts_.fleet.memory_of(name))) {
      kept[name] = *shares;
      changes.kept.push_back(name);
    } else {
      changes.changed.push_back(name);
    }
  }
  return kept;
}

std::string Reloader::rehearse(const Spec& next, const Names& names) const {
  std::string wrong;
  for (const std::string& name : names) {
    const auto rehearsed = parts_.rehearse(next, pipeline_of(next, name));
    if (rehearsed.ok()) continue;
    wrong += rehearsed.error().within("starting pipeline " + name).message() + "\n";
    // Where Postgres does not answer, it will not for the next one either; and a lock that somebody has
    // would hold up the start, when the former pipeline has ended.
    if (rehearsed.error().reaction() == Reaction::retry) {
      return wrong + "nobody can say now whether they would start; reload again when Postgres answers that\n";
    }
  }
  return wrong;
}

Result<std::vector<Reloader::Prepared>> Reloader::prepare(const Spec& next, const Names& names,
                                                          const MemoryShares& shares) const {
  std::vector<Prepared> prepared;
  for (const std::string& name : names) {
    TRY_ASSIGN(auto one, parts_.prepare(next, pipeline_of(next, name), shares));
    prepared.push_back({name, std::move(one)});
  }
  return prepared;
}

void Reloader::exchange(const std::shared_ptr<const Spec>& next, const SpecChanges& changes,
                        std::vector<Prepared> prepared, const MemoryShares& shares,
                        const std::map<std::string, MemoryShares>& kept) {
  std::map<std::string, Leaving> leaving;
  for (const std::string& name : changes.removed) leaving[name] = Leaving::for_good;
  for (const std::string& name : changes.changed) leaving[name] = Leaving::to_return;
  parts_.fleet.retire(leaving);
  for (const auto& [name, how] : leaving) parts_.forget(name);
  if (parts_.fleet.stopping()) return;
  for (const auto& [name, memory] : kept) parts_.fleet.share(name, memory);
  for (Prepared& one : prepared) parts_.fleet.add(one.name, next, one.pipeline->build(), shares);
  parts_.adopt(*next);
  parts_.fleet.begin();
  now_ = next;
}

ReloadOutcome Reloader::look(const Names& begun, std::string said) {
  if (parts_.fleet.stopping()) {
    return {ReloadResult::incomplete, said + "the daemon stops; its next start reads the file again\n"};
  }
  parts_.fleet.settle(begun, parts_.patience);
  ReloadOutcome outcome{ReloadResult::applied, std::move(said)};
  for (const PipelineStatus& status : parts_.fleet.statuses()) {
    const bool is_stopped = status.state == PipelineState::stopped;
    const bool has_begun = std::find(begun.begin(), begun.end(), status.name) != begun.end();
    if (has_begun && is_stopped) outcome.result = ReloadResult::incomplete;
    // One that stopped before is not this reload's doing, but whoever reloads may think that it is mended.
    if (!is_stopped && !(has_begun && status.state == PipelineState::starting)) continue;
    outcome.message += "pipeline " + status.name + " is " + std::string(to_string(status.state)) +
                       (status.detail.empty() ? "" : ": " + status.detail) + "\n";
  }
  return outcome;
}

}  // namespace tallymill
