#pragma once

// What a replay asks of the store: the live pipeline's standing, and the exchange at the end. The
// shadow's own rows are written by an ordinary Store of its own.
//
// Calls block, each bounded by a deadline of its own; by one thread at a time.

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/batch.h"

namespace tallymill {

// The live pipeline, read while its row is locked: nothing is committed or retried meanwhile.
struct LiveStanding {
  std::vector<Checkpoint> checkpoints;   // In (topic, partition) order.
  std::vector<Checkpoint> counts_since;  // Where the pipeline began; place, id and offset.
  // Dead letters of records that were rejected whole. They are not counted anywhere, whatever the
  // lookups say now, because whoever retries them counts them everywhere.
  RecordSet rejected;
  bool was_cut = false;  // It went on behind a log that was cut, of a topic that is there: what it counted
                         // is not there to read.
};

class ReplayStore {
 public:
  virtual ~ReplayStore() = default;

  // Fails with Reaction::stop if there is no such pipeline or aggregation, or if it counts with
  // another configuration.
  [[nodiscard]] virtual Result<LiveStanding> look() = 0;

  // The same, and keeps the row locked until exchange() or let_go(): the daemon's commits wait.
  [[nodiscard]] virtual Result<LiveStanding> hold() = 0;
  virtual void let_go() = 0;

  // Replaces the live table's rows by the shadow's and forgets the shadow, in the transaction that
  // hold() began. Readers see either the old rows or the new ones. Fails with Reaction::stop, and
  // changes nothing, if the shadow does not stand at the live checkpoints.
  // Returns how many rows the table has got.
  [[nodiscard]] virtual Result<std::int64_t> exchange() = 0;
};

}  // namespace tallymill
