#pragma once

#include <memory>

#include "sink/dead_letter_store.h"
#include "sink/postgres/options.h"

namespace tallymill {

// The dead letters of one pipeline in Postgres. Connects when first used. `pipeline` must outlive it.
// `instance` is who ledger rows say wrote them.
[[nodiscard]] std::unique_ptr<DeadLetterStore> make_postgres_dead_letters(
    PostgresSpec postgres, const PipelineSpec& pipeline, std::string instance,
    postgres::SecretResolver secrets);

}  // namespace tallymill
