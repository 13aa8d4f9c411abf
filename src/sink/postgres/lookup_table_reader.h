#pragma once

#include <cstddef>
#include <memory>

#include "config/spec.h"
#include "model/lookup_table.h"
#include "sink/postgres/interrupt.h"
#include "sink/postgres/options.h"

namespace tallymill::postgres {

// Reads a lookup from its table: the key and the columns that expressions use, as text, in one snapshot.
// Connects by itself, as `postgres` says, and only reads. It stops at the row with which the contents
// exceed `max_bytes`: their text, and 8 bytes for each value; no longer row is fetched at all.
//
// Fails with Reaction::stop as check_lookup_table() does, for no rows, for a key that is null or stands
// twice, for a table that is too large; with Reaction::retry where Postgres is away or the table locked, and
// at once where `interrupt` is raised, with the code "interrupted". Thread-safe. REQUIRES: lookup.table.
[[nodiscard]] Result<std::shared_ptr<const LookupTable>> read_lookup_table(const PostgresSpec& postgres,
                                                                           const LookupSpec& lookup,
                                                                           std::size_t max_bytes,
                                                                           const SecretResolver& secrets,
                                                                           const Interrupt* interrupt = nullptr);

}  // namespace tallymill::postgres
