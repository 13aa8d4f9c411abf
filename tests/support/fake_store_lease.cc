// Who holds the pipeline, who else is there, and what was ordered.

#include "support/fake_store.h"

namespace tallymill::testing {

Lease FakeStore::lease() const {
  Lease lease = database_.lease;
  const auto holder = database_.instances.find(lease.session);
  if (holder != database_.instances.end()) lease.beats = holder->second.beats;
  return lease;
}

Result<bool> FakeStore::take_lease(const Lease& seen) {
  if (down) return away();
  if (database_.lease.session != seen.session || database_.lease.counter != seen.counter) return false;
  database_.lease = {instance_, session_, seen.counter + (seen.session == session_ ? 0 : 1)};
  database_.revisions.insert(revision);
  return true;
}

Result<bool> FakeStore::pass_lease(const Lease& successor) {
  if (down) return away();
  if (database_.lease.session != session_) return false;
  database_.lease = {successor.instance, successor.session, database_.lease.counter + 1};
  return true;
}

Result<Surroundings> FakeStore::hear() {
  if (down || silent) return away();
  FakeInstance& mine = database_.instances[session_];
  const bool acceptable = database_.fingerprint == spec_.fingerprint || database_.sequence == 0;
  const bool asks = said_.asks && acceptable && !database_.revisions.contains(revision);
  mine.said = {instance_, session_, said_.state, "1", {}, false, true, asks};
  mine.revision = revision;
  mine.seen = clock_.steady_now();
  if (said_.counts) ++mine.beats;
  std::vector<Peer> peers;
  for (const auto& [session, one] : database_.instances) {
    peers.push_back(one.said);
    peers.back().seen_ago =
        std::chrono::duration_cast<std::chrono::milliseconds>(mine.seen - one.seen);
    peers.back().holds_lease = session == database_.lease.session;
    peers.back().same_revision = one.revision == revision;
  }
  TRY_ASSIGN(const Orders orders, observe_orders());
  std::optional<std::int64_t> stands_at;
  if (!database_.dropped && database_.lease.session == session_) stands_at = database_.sequence;
  if (heard_sequence) stands_at = heard_sequence;
  return Surroundings{std::move(peers), stands_at, orders};
}

Result<std::optional<std::int64_t>> FakeStore::renew_lease() {
  if (down) return away();
  ++renewals;
  if (database_.lease.session != session_) return std::optional<std::int64_t>();
  ++database_.lease.counter;
  return std::optional(database_.sequence);
}

void FakeStore::release_lease() {
  if (database_.lease.session == session_) database_.lease.session.clear();
}

Result<Lease> FakeStore::observe_lease() {
  if (down) return away();
  if (database_.dropped) return Error(Reaction::stop, "pipeline_missing", "it was dropped");
  if (database_.sequence > 0 && database_.fingerprint != spec_.fingerprint) return changed();
  return lease();
}

Result<Orders> FakeStore::observe_orders() {
  if (down) return away();
  if (database_.dropped) return Orders{.paused = true};
  return database_.orders;
}

}  // namespace tallymill::testing
