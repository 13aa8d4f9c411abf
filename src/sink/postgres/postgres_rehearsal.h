#pragma once

#include <memory>

#include "sink/postgres/options.h"
#include "sink/rehearsal.h"

namespace tallymill {

// Connects when first used. `pipeline` must outlive it.
[[nodiscard]] std::unique_ptr<Rehearsal> make_postgres_rehearsal(PostgresSpec postgres,
                                                                 const PipelineSpec& pipeline,
                                                                 postgres::SecretResolver secrets);

}  // namespace tallymill
