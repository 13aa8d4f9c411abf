#pragma once

// What a lookup reads of its table, held against what is there. Each asks within the transaction that is
// open, changes nothing, and fails with Reaction::stop where a person must act.

#include <string>
#include <vector>

#include "config/spec.h"
#include "sink/postgres/session.h"

namespace tallymill::postgres {

// The key and the columns that expressions use, by name, so that a table's version does not depend on how
// the configuration is written.
[[nodiscard]] std::vector<std::string> lookup_columns(const LookupSpec& lookup);

// That the table is there with these columns, that their types have one spelling as text whatever the
// session is set to, and that the role may read them. REQUIRES: lookup.table.
[[nodiscard]] Result<void> check_lookup_table(const Transactions& session, Connection& connection,
                                              const LookupSpec& lookup);

// The same of all tables that a pipeline's lookups read.
[[nodiscard]] Result<void> check_lookup_tables(const Transactions& session, Connection& connection,
                                               const PipelineSpec& pipeline);

}  // namespace tallymill::postgres
