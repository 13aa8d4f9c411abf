#pragma once

// The lease in the pipeline's row. REQUIRES of all: within a transaction.

#include <optional>

#include "sink/postgres/session.h"

namespace tallymill::postgres {

// Each as the function of that name in sink/store.h.
[[nodiscard]] Result<bool> take_lease(const Session& session, Connection& connection,
                                      const Lease& seen);
[[nodiscard]] Result<std::optional<std::int64_t>> renew_lease(const Session& session,
                                                              Connection& connection);
[[nodiscard]] Result<bool> pass_lease(const Session& session, Connection& connection,
                                      const Lease& successor);
[[nodiscard]] Result<bool> release_lease(const Session& session, Connection& connection);
[[nodiscard]] Result<Lease> observe_lease(const Session& session, Connection& connection);

// What the heartbeat of a session has counted; 0 if it is not known.
[[nodiscard]] Result<std::int64_t> beats_of(const Session& session, Connection& connection,
                                            const std::string& holder);

}  // namespace tallymill::postgres
