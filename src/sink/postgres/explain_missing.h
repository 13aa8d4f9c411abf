#pragma once

#include "base/error.h"
#include "config/spec.h"
#include "sink/postgres/options.h"

namespace tallymill::postgres {

// Where Postgres did not find a table or a column: another version made the daemon's own tables, or nobody
// has yet; the error that says so, with what to run. Otherwise, and where that cannot be found out, `error`
// as it is. Connects.
[[nodiscard]] Error explain_missing(const PostgresSpec& postgres, const SecretResolver& secrets, Error error);

}  // namespace tallymill::postgres
