#pragma once

#include <vector>

#include "base/error.h"
#include "config/spec.h"
#include "sink/postgres/options.h"

namespace tallymill::postgres {

// Returns where the next start would be refused by what is in Postgres, and no migration would settle it:
// of each pipeline all that does not follow from another refusal. Tables of lookups are left to who reads
// them. Changes nothing. Connects by itself; fails if Postgres does not answer or refuses to.
[[nodiscard]] Result<std::vector<Error>> check_tables(const Spec& spec, const SecretResolver& secrets);

}  // namespace tallymill::postgres
