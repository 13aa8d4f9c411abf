#pragma once

#include "sink/postgres/session.h"

namespace tallymill::postgres {

// Deletes a small bite of what retention has let go: rows of windows, dead letters, ledger rows,
// contents of lookups that no ledger row names. Returns whether there may be more.
[[nodiscard]] Result<bool> prune(Session& session);

}  // namespace tallymill::postgres
