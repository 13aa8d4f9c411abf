#pragma once

#include "base/error.h"
#include "config/spec.h"
#include "sink/postgres/options.h"

namespace tallymill::postgres {

// Fails where the next start would be refused by what is in Postgres, and no migration would settle it.
// Changes nothing. Connects by itself.
[[nodiscard]] Result<void> check_tables(const Spec& spec, const SecretResolver& secrets);

}  // namespace tallymill::postgres
