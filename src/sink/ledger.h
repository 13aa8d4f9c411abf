#pragma once

// What a store remembers of the batches it has committed: enough to read them again and to compare
// (promise P5). Reading it changes nothing and waits for nobody's locks.
//
// Calls block, each bounded by a deadline of its own; by one thread at a time.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/error.h"
#include "model/batch.h"
#include "model/timestamp.h"

namespace tallymill {

// A batch as its row of the ledger tells it.
struct LedgerBatch {
  std::int64_t sequence = 0;
  std::string fingerprint;
  std::vector<BatchRange> ranges;  // In (topic, partition) order; without anchors.
  BatchCounts counts;              // Without `unusable` and `aggregations`.
  std::map<std::string, AggregationCounts> aggregations;
  std::map<std::string, Digest> lookups;  // Content hashes, by name.
  RecordSet refused;
  std::optional<std::string> retries;  // As Batch::retries; then the range is that record's.
  Digest digest{};
  std::map<std::string, Digest> table_digests;  // By aggregation.
  std::optional<Digest> rejects_digest;
  std::vector<Gap> gaps;  // Recorded with this batch, in a range of it.
  std::vector<Gap> cuts;  // Recorded by later batches: logs that were cut within a range of it.
};

// Which batches: all of these must hold.
struct LedgerSelection {
  std::optional<std::int64_t> first;
  std::optional<std::int64_t> last;
  std::optional<Timestamp> since;      // Committed then or later.
  std::optional<std::int64_t> newest;  // At most so many, the last ones.
};

class Ledger {
 public:
  virtual ~Ledger() = default;

  // Sequence numbers, oldest first.
  [[nodiscard]] virtual Result<std::vector<std::int64_t>> find(const LedgerSelection& which) = 0;
  // Nothing if there is no such row (any more).
  [[nodiscard]] virtual Result<std::optional<LedgerBatch>> read(std::int64_t sequence) = 0;
  // A lookup's contents as LookupTable::canonical_text() gave them; nothing if they are not kept
  // (any more).
  [[nodiscard]] virtual Result<std::optional<std::string>> lookup_contents(
      const std::string& lookup, const Digest& content_hash) = 0;
};

}  // namespace tallymill
