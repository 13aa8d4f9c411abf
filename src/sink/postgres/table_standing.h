#pragma once

// Which table an aggregation was counted into, and which one has its configured name.
// REQUIRES of all: within a transaction.

#include <optional>
#include <string>

#include "sink/postgres/session.h"

namespace tallymill::postgres {

// Whose registrations of tables count. Not always those under the pipeline's name: it may have another
// one still, or none that will stay.
struct Registrations {
  bool are_there = true;  // The daemon's own tables are.
  std::string pipeline;   // Under whose name.
  bool stay = true;       // Those of the pipeline are not about to be forgotten.
};

struct Standing {
  std::string registered_oid;     // Empty: not registered.
  std::string present_oid;        // Of the table of the configured name; empty: there is none.
  std::string registered_schema;  // Where the registered table is; empty: it is gone.
  std::string registered_table;
  std::string fingerprint;        // Of the aggregation, under which it was counted.
};

[[nodiscard]] Result<Standing> find_standing(const Session& session, Connection& connection,
                                             const AggregationSpec& aggregation,
                                             const Registrations& registrations);

// Fails with Reaction::stop, and the ways out, if the table that was counted into is not the one of that
// name.
[[nodiscard]] Result<void> check_identity(const Session& session, const AggregationSpec& aggregation,
                                          const Standing& standing);

// A table that nobody owns may be adopted only while it is empty. Fails with Reaction::stop if it is not,
// or has an owner.
[[nodiscard]] Result<void> check_adoptable(const Session& session, Connection& connection,
                                           const TablePlan& plan, const Standing& standing,
                                           const Registrations& registrations);

}  // namespace tallymill::postgres
