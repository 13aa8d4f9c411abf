#pragma once

#include "base/error.h"
#include "config/spec.h"
#include "sink/postgres/options.h"

namespace tallymill::postgres {

// Compares all tables that exist with the configuration, changing nothing. A table that is not
// there is none of its business: it will be made. Connects by itself.
[[nodiscard]] Result<void> check_tables(const Spec& spec, const SecretResolver& secrets);

}  // namespace tallymill::postgres
