#pragma once

// What the daemon's role needs to read the tables of lookups. They are somebody else's: granted where the
// role that migrates may, and else printed.

#include <string>

#include "config/spec.h"
#include "sink/postgres/session.h"

namespace tallymill::postgres {

// GRANT statements, whatever is granted already; on the schema public where `public_is_closed`, because
// everybody may use it unless that was revoked. REQUIRES: lookup.table.
[[nodiscard]] std::string grants_on_lookup(const LookupSpec& lookup, const std::string& daemon_role,
                                           bool public_is_closed = false);

// The same, or nothing where the role may read it; fails with Reaction::stop and the statements if this
// session's role may not grant it, and if the table is not there.
[[nodiscard]] Result<std::string> find_lookup_grants(const Transactions& session, Connection& connection,
                                                     const LookupSpec& lookup,
                                                     const std::string& daemon_role);

}  // namespace tallymill::postgres
