#pragma once

// The store of record: aggregates and checkpoints in one transaction. What it guarantees: a commit
// takes effect whole or not at all; `acked` means durable; a batch whose expected positions are not
// the stored ones changes nothing.
//
// One Store per pipeline. Its calls block, each bounded by deadlines of its own (rule R7); they are
// made by one thread at a time, never the one that polls the source. After any error the Store
// reconnects by itself at the next call.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "model/batch.h"

namespace tallymill {

// Who holds a pipeline. An instance judges another's lease by neither counter moving on its own
// steady clock (rule R8).
struct Lease {
  std::string instance;  // Name from the configuration; empty: nobody yet.
  std::string session;   // Random, one per process start: tells two processes of one name apart.
  std::int64_t counter = 0;  // Moved by commits and renewals, which may have to wait for each other.
  std::int64_t beats = 0;    // Moved by the holder's heartbeat (sink/presence.h).

  [[nodiscard]] bool operator==(const Lease&) const = default;
};

// What persons want of a pipeline, as commands wrote it into its row.
struct Orders {
  bool paused = false;
  // The next start may go on behind records that are gone, and record the gap: those that retention
  // or a cut took, and those of a topic that was made anew. Void with the first commit.
  bool accept_gap = false;
  bool accept_topic = false;
  std::int64_t given = 0;  // Grows with every command, so that a stopped pipeline tries again.
};

// What the store knows of the pipeline, read in one locked read.
struct Progress {
  std::int64_t sequence = 0;  // Of the last committed batch; 0: none.
  std::vector<Checkpoint> checkpoints;  // In (topic, partition) order.
  bool started = false;  // First checkpoints were written once, although there may have been none.
  std::int64_t known_partitions = 0;  // Checkpoint rows ever written; fewer now: somebody deleted some.
  Lease lease;
  std::string fingerprint;  // Of the configuration that these checkpoints were counted with.
  Orders orders;
};

struct CommitTimings {
  Duration upsert{};  // From the first statement to the last before COMMIT.
  Duration commit{};
};

// What one try of a commit came to (rules R3, R16).
struct CommitResult {
  enum class Kind : std::uint8_t {
    acked,         // Durable.
    failed,        // Certainly not applied; the same batch may be tried again. `error` says why.
    conflict,      // Certainly not applied: the stored positions or the lease are not as expected.
                   // resolve() tells how.
    unknown,       // The connection ended around COMMIT. resolve() before anything else.
    refused_data,  // Certainly not applied: Postgres refused the batch for its data (22, 23,
                   // 54000), or it timed out: read the range again in halves.
    refused_merge, // Certainly not applied: merging with the stored row failed; no record is
                   // guilty. `error` names table, key and column. The pipeline stops.
    stop,          // Certainly not applied; a person must act.
  };
  Kind kind = Kind::failed;
  Error error{Reaction::retry, ""};  // Meaningful unless acked.
  CommitTimings timings;
  std::int64_t rows_written = 0;
  bool pause_wanted = false;  // Somebody wants the pipeline paused. Meaningful if acked.
};

// How a batch whose fate was not certain turned out, decided for the whole batch under locks (R4).
struct Resolution {
  enum class Kind : std::uint8_t {
    committed,   // Its sequence and id are in the ledger, or its ends are the stored positions.
    try_again,   // All rows stand at the expected values.
    superseded,  // Some row is higher: someone else went on.
    rewound,     // Some row is lower: the database was rewound by a failover.
    mixed,       // Both.
    rows_gone,   // Checkpoint rows were deleted, or there are none at all; `progress.sequence` tells.
    refused,     // The fingerprint or a topic id differs.
    lease_lost,  // Positions as expected, but another session holds the lease.
    // Positions and lease as expected, and the sequence was moved on by nothing but retried dead
    // letters: the same batch, as the one after `progress.sequence`.
    renumber,
  };
  Kind kind = Kind::try_again;
  Progress progress;  // As stored, read under the locks.
  std::string detail;  // Which rows and by how much, for the log.
};

class Store {
 public:
  virtual ~Store() = default;

  // Connects, creates or compares schema and tables, ties tables to their owner. Does nothing
  // that is done already. While another instance holds the pipeline with a configuration that has
  // counted nothing yet, ours waits: `fingerprint` tells, and open() again once we hold it.
  // Fails with Reaction::retry while the database is away, Reaction::stop if a person must act; the
  // message holds the exact DDL or command that would settle it.
  [[nodiscard]] virtual Result<Progress> open() = 0;

  // Writes first checkpoints in one transaction (insert, do nothing on conflict), notes that the
  // pipeline has started, and reads back what is stored now (rule R5). They follow from what was `seen` of
  // the pipeline: fails with Reaction::retry and code "started_meanwhile", and writes nothing, if since then
  // another session took the lease, somebody gave a command, or the pipeline has started.
  [[nodiscard]] virtual Result<Progress> insert_checkpoints(const std::vector<Checkpoint>& checkpoints,
                                                            const Progress& seen) = 0;

  // All checkpoint rows and the pipeline row in one locked read.
  [[nodiscard]] virtual Result<Progress> read_progress() = 0;

  // Tries once. REQUIRES: the batch satisfies P2.
  [[nodiscard]] virtual CommitResult commit(const Batch& batch) = 0;

  // Decides an unknown or conflicting commit by value on a new connection. Fails with
  // Reaction::retry while that cannot be done.
  [[nodiscard]] virtual Result<Resolution> resolve(const Batch& batch) = 0;

  // Takes the lease if its session and counter still are as `seen`, and notes that this revision of
  // configuration and program has counted. Returns whether it was taken. One's own is taken, too.
  [[nodiscard]] virtual Result<bool> take_lease(const Lease& seen) = 0;
  // Moves the counter on. Returns the sequence of the last batch as stored, so that a database that
  // went back is noticed without a commit; nothing if another session holds the lease.
  [[nodiscard]] virtual Result<std::optional<std::int64_t>> renew_lease() = 0;
  // Gives the lease up, so that a standby need not wait. Best effort.
  virtual void release_lease() = 0;
  // Gives the lease to another instance, if it is ours. Returns whether it was.
  [[nodiscard]] virtual Result<bool> pass_lease(const Lease& successor) = 0;
  // Reads the lease without locks. Fails with Reaction::stop, as open() does, once a configuration
  // that counts otherwise has counted; and with code "pipeline_missing" where the pipeline is not there
  // any more.
  [[nodiscard]] virtual Result<Lease> observe_lease() = 0;

  // Reads what persons want, without locks. A pipeline that is not there (any more) is paused: it
  // must not be made again before a person starts the process again.
  [[nodiscard]] virtual Result<Orders> observe_orders() = 0;

  // Deletes what retention has let go, one small bite; returns whether there may be more. Called
  // between commits.
  [[nodiscard]] virtual Result<bool> prune() = 0;

  // Bytes held in serialisation buffers, the client library's included.
  [[nodiscard]] virtual std::size_t buffered_bytes() const = 0;
  // Times that a connection was made anew since the start.
  [[nodiscard]] virtual std::int64_t reconnects() const = 0;
};

}  // namespace tallymill
