#pragma once

#include "base/error.h"
#include "config/spec.h"
#include "sink/postgres/options.h"

namespace tallymill::postgres {

// Does what a pipeline's start does first, schema, row and tables, and takes it back, and looks whether the
// tables of its lookups can be read: fails as the start
// would, with Reaction::stop and the same words, and changes nothing. Connects by itself, and waits for
// neither the server nor a lock longer than 5 seconds; then it fails with Reaction::retry.
[[nodiscard]] Result<void> rehearse_start(PostgresSpec postgres, const PipelineSpec& pipeline,
                                          const Identity& identity, const SecretResolver& secrets);

}  // namespace tallymill::postgres
