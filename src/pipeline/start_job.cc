#include "pipeline/start_job.h"

#include <utility>

#include "base/failpoint.h"
#include "base/log.h"
#include "sink/progress_check.h"

namespace tallymill {
namespace {

StartOutcome failed(Error error) {
  StartOutcome outcome;
  outcome.error = std::move(error);
  return outcome;
}

StartOutcome standby(Lease holder) {
  StartOutcome outcome;
  outcome.kind = StartOutcome::Kind::standby;
  outcome.holder = std::move(holder);
  return outcome;
}

StartOutcome paused() {
  StartOutcome outcome;
  outcome.kind = StartOutcome::Kind::paused;
  return outcome;
}

// What remains once the lease is ours.
StartOutcome find_start(const StartJob& job, Result<Progress> progress) {
  if (job.restore.empty()) {
    auto whole = check_checkpoints(job.spec.name, static_cast<std::int64_t>(progress->checkpoints.size()),
                                   progress->known_partitions);
    if (!whole.ok()) return failed(whole.error());
  }
  if (!job.restore.empty()) {
    progress = job.store.insert_checkpoints(job.restore, *progress);
    if (!progress.ok()) return failed(progress.error());
  }
  failpoint("assign.before_read");
  auto positions =
      find_positions(job.spec, *progress, job.source, job.store, job.clock.wall_now(),
                     job.first, job.truncations);
  if (!positions.ok()) return failed(positions.error());
  failpoint("assign.after_read");

  StartOutcome outcome;
  outcome.kind = StartOutcome::Kind::started;
  outcome.positions = std::move(positions).value();
  return outcome;
}

StartOutcome start_with_lease(const StartJob& job) {
  // Whoever held it may have committed since the first read.
  auto progress = job.store.read_progress();
  if (progress.ok() && progress->fingerprint != job.spec.fingerprint) progress = job.store.open();
  if (!progress.ok()) return failed(progress.error());
  if (progress->orders.paused) return paused();
  return find_start(job, std::move(progress));
}

StartOutcome start(const StartJob& job, Lookups::Loaded& lookups) {
  // Lookups first: one that cannot be loaded must not take the lease from an instance that has it.
  const auto loaded = job.lookups.refresh(lookups, job.clock.steady_now());
  if (!loaded.ok() && (!lookups.complete() || loaded.error().code() == "interrupted")) {
    return failed(loaded.error());
  }
  auto progress = job.store.open();
  if (!progress.ok()) return failed(progress.error());
  // Said behind that: where Postgres is away, nothing starts, and each try would say it again.
  if (!loaded.ok()) {
    log_warn("lookup not reloaded; the contents in use stay in force",
             {{"pipeline", job.spec.name}, {"error", loaded.error().message()}});
  }

  if (progress->orders.paused) return paused();
  const Lease holder = progress->lease;
  if (holder.session != job.session) {
    const bool may_take = holder.session.empty() || job.over == holder ||
                          (job.own_name_may_take && holder.instance == job.instance);
    if (!may_take) return standby(holder);
  }
  // One's own, too: this revision counts from now on.
  auto taken = job.store.take_lease(holder);
  if (!taken.ok()) return failed(taken.error());
  if (!taken.value()) return standby(holder);
  StartOutcome outcome = start_with_lease(job);
  outcome.leased = true;
  return outcome;
}

}  // namespace

StartOutcome run_start_job(const StartJob& job) {
  // Before anything that may fail: a command that is given after this start gets another one.
  const auto orders = job.store.observe_orders();
  Lookups::Loaded lookups = job.lookups_at_hand;
  StartOutcome outcome = start(job, lookups);
  outcome.lookups = std::move(lookups);
  if (orders.ok()) outcome.orders_given = orders->given;
  return outcome;
}

}  // namespace tallymill
