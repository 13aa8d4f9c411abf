#pragma once

// Dead letters as a store keeps them: to be looked at, offered again, or dropped.
//
// Offering one again is a commit beside the daemon's own, and exact for the same reasons. One
// transaction locks the pipeline's row first, as every commit does (R2), so it falls between two
// batches; it removes the dead letter, merges the rows, and writes a ledger row of its own, all or
// nothing. That the letter is there is its compare-and-set: whoever comes second, or again after a
// lost answer (R3), finds it gone and changes nothing. It moves no checkpoint, because the record
// lies below the checkpoint and was counted as rejected there.
//
// It takes the next number of the batch sequence, so that every row of the ledger has one. A daemon
// whose batch carries that number conflicts, resolves, and finds every checkpoint where it expects
// it and nothing but such rows in between (R4: retry): it renumbers its batch and goes on. A zombie
// is told apart by what it lacks, the lease or the checkpoints' values, as before.
//
// Calls block, each bounded by a deadline of its own; by one thread at a time.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/batch.h"

namespace tallymill {

struct StoredLetter {
  DeadLetter letter;
  std::int64_t batch_sequence = 0;  // The batch that rejected it.
  std::string created_at;
};

// Which letters: all of these must hold.
struct LetterSelection {
  std::optional<std::string> topic;
  std::optional<std::int64_t> partition;
  std::optional<std::int64_t> offset;
  std::optional<std::string> reason;
  std::optional<std::string> aggregation;  // Empty: records that were rejected whole.
};

// What became of a letter that was offered again.
struct RetryResult {
  enum class Kind : std::uint8_t {
    counted,  // Durable; the letter is gone.
    gone,     // It was not there any more: somebody else counted or dropped it.
    refused,  // Postgres refuses its rows; nothing was changed. `error` says why.
  };
  Kind kind = Kind::counted;
  Error error{Reaction::reject, ""};
};

class DeadLetterStore {
 public:
  virtual ~DeadLetterStore() = default;

  // At most `limit`, without key, value and headers, in the order of (topic id, partition, offset,
  // aggregation), behind `after` in that order.
  [[nodiscard]] virtual Result<std::vector<StoredLetter>> find(const LetterSelection& which,
                                                               const DeadLetter* after,
                                                               std::int64_t limit) = 0;
  // The whole letter at that place; nothing if it is not there (any more).
  [[nodiscard]] virtual Result<std::optional<StoredLetter>> read(const DeadLetter& place) = 0;

  // Commits `batch`, what the letter's record comes to, and removes the letter. Tries once. Fails
  // with Reaction::stop if the pipeline counts with another configuration; otherwise, an error says
  // nothing of the outcome, and the same call may be made again.
  // REQUIRES: batch.retries is set, and its one range holds the letter's record alone.
  [[nodiscard]] virtual Result<RetryResult> retry(const StoredLetter& letter, Batch batch) = 0;

  // Deletes letters without counting them. Returns how many.
  [[nodiscard]] virtual Result<std::int64_t> drop(const LetterSelection& which) = 0;
};

}  // namespace tallymill
