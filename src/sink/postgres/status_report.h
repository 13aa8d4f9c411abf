#pragma once

#include <string>

#include "base/error.h"
#include "config/spec.h"
#include "sink/postgres/options.h"

namespace tallymill::postgres {

// The schema's status view, the instances that live and the checkpoints as text for a terminal. Reads
// Postgres only.
[[nodiscard]] Result<std::string> status_report(const Spec& spec,
                                                const SecretResolver& secrets);

}  // namespace tallymill::postgres
