#pragma once

// What there is to do before records are counted, as found by reading: to the daemon's own schema, to a
// pipeline's row, to an aggregation's table. A start, `plan` and `migrate` go by the same values.

#include <cstdint>
#include <string>
#include <vector>

#include "config/growth.h"

namespace tallymill::postgres {

struct SchemaWork {
  enum class Kind : std::uint8_t { keep, make, update };
  Kind kind = Kind::keep;
  std::int64_t version = 0;  // Of what is there; 0: nothing is.
  std::string sql;           // All that has to be run.
};

struct StoredPipeline {
  std::string name;
  std::string fingerprint;
  std::string counted;  // The canonical text; empty in a row that an older version made.
  std::int64_t batches = 0;
  std::string instance;  // Who holds it; empty: nobody.
  std::string session;
};

struct PipelineWork {
  enum class Kind : std::uint8_t {
    make,        // There is no row.
    keep,        // It counts the same.
    begin_anew,  // Nothing was counted: what a former configuration left does not bind this one.
    grow,        // All goes on, and more is counted from the next batch on.
  };
  Kind kind = Kind::keep;
  Growth growth;  // grow
};

struct TableWork {
  enum class Kind : std::uint8_t { keep, make, grow };
  Kind kind = Kind::keep;
  bool registered = false;  // It is counted into already. Else it is empty, or not there.
  std::string sql;          // All that has to be run.
  // make: all of them; grow: those that are counted from now on, and which of them the table lacks.
  std::vector<std::string> columns;
  std::vector<std::string> definitions;  // grow: "n bigint NOT NULL DEFAULT 0"
  bool rewrites = false;   // grow: the table holds rows, and is written anew under its lock.
  std::int64_t bytes = 0;  // grow: of the table that is there, with its indexes.
  // grow: run behind `sql` where the columns are not counted at once, they say in the database that
  // nothing was counted into them yet.
  std::string marks;
};

}  // namespace tallymill::postgres
