#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "config/spec.h"
#include "sink/ledger.h"
#include "sink/presence.h"
#include "sink/store.h"

namespace tallymill::testing {

struct FakeInstance {
  Peer said;
  std::string revision;
  std::int64_t beats = 0;
  SteadyTime seen{};
};

// A database in memory, shared by all stores made on it: real compare-and-set, real leases, merges
// by adding what is a number. Copying it is a backup; copying it back is a failover that forgot.
struct FakeDatabase {
  // Per aggregation: key cells, as text, to part cells.
  using Table = std::map<std::string, std::vector<std::int64_t>>;
  std::vector<Table> tables;
  std::map<TopicPartition, Checkpoint> checkpoints;
  std::int64_t sequence = 0;
  bool started = false;
  std::int64_t known_partitions = 0;
  std::string fingerprint;
  Lease lease;
  std::map<std::string, FakeInstance> instances;  // By session.
  std::set<std::string> revisions;                // That have counted.
  Orders orders;
  bool dropped = false;  // The pipeline's row is gone; open() makes it anew.
  std::map<std::int64_t, std::string> ledger;  // Sequence to batch id.
  std::map<std::int64_t, Digest> digests;
  std::map<std::int64_t, LedgerBatch> batches;
  std::set<std::int64_t> retried;  // Numbers that retried dead letters took.
  std::map<Digest, std::string> lookup_versions;  // Contents by their hash.
  std::vector<BatchCounts> counts;
  std::vector<DeadLetter> dead_letters;
  std::vector<Gap> gaps;
  std::vector<LookupUse> lookups;  // Of the last batch.

  // Adds a batch's rows to the tables of `spec`.
  void merge(const PipelineSpec& spec, const Batch& batch);
};

// What happens to a commit.
enum class Fate {
  normal,
  fail_before,     // Refused by the server, certainly not applied.
  stop_before,     // The same, until a person has settled something.
  lose_before,     // The connection ends before COMMIT took effect: unknown.
  lose_after,      // The connection ends after COMMIT took effect: unknown.
};

class FakeStore final : public Store, public Presence {
 public:
  FakeStore(FakeDatabase& database, const PipelineSpec& spec, const Clock& clock, std::string instance,
            std::string session)
      : database_(database),
        spec_(spec),
        clock_(clock),
        instance_(std::move(instance)),
        session_(std::move(session)) {}

  Result<Progress> open() override;
  Result<Progress> insert_checkpoints(const std::vector<Checkpoint>& checkpoints,
                                      const Progress& seen) override;
  Result<Progress> read_progress() override;
  CommitResult commit(const Batch& batch) override;
  Result<Resolution> resolve(const Batch& batch) override;
  Result<bool> take_lease(const Lease& seen) override;
  Result<std::optional<std::int64_t>> renew_lease() override;
  Result<bool> pass_lease(const Lease& successor) override;
  void release_lease() override;
  Result<Lease> observe_lease() override;
  Result<Orders> observe_orders() override;
  Result<bool> prune() override { return ++prunes < bites; }
  [[nodiscard]] std::size_t buffered_bytes() const override { return buffered; }
  [[nodiscard]] std::int64_t reconnects() const override { return 0; }

  void say(const Heartbeat& heartbeat) override { said_ = heartbeat; }
  Result<Surroundings> hear() override;
  void leave() override { database_.instances.erase(session_); }

  // Levers.
  std::string revision = "r1";  // Of configuration and program.
  std::function<Fate()> next_fate = [] { return Fate::normal; };
  bool down = false;
  std::optional<Error> refusal;  // Of each start.
  bool silent = false;  // To heartbeats alone, as where another connection fails.
  std::optional<std::int64_t> heard_sequence;  // By heartbeats, whatever the database has.
  CommitTimings timings;  // What each try says that it took.
  std::size_t buffered = 0;
  // Batches that hold one of these records are refused for their data.
  std::set<std::pair<TopicPartition, std::int64_t>> poison;
  int commits = 0;  // Tries.
  int renewals = 0;
  int prunes = 0;
  int bites = 0;    // Until there is nothing left to prune.

 private:
  static Error changed();
  static Error away();
  [[nodiscard]] Lease lease() const;
  [[nodiscard]] Progress progress() const;
  [[nodiscard]] bool as_expected(const Batch& batch) const;
  [[nodiscard]] bool poisoned(const Batch& batch) const;
  void apply(const Batch& batch);
  void note(const Batch& batch);

  FakeDatabase& database_;
  const PipelineSpec& spec_;
  const Clock& clock_;
  std::string instance_;
  std::string session_;
  Heartbeat said_;
};

}  // namespace tallymill::testing
