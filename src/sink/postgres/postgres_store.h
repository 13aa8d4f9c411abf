#pragma once

#include <memory>

#include "sink/postgres/options.h"
#include "sink/store.h"

namespace tallymill {

// The store of one pipeline in Postgres. Connects when first used. `pipeline` must outlive it.
[[nodiscard]] std::unique_ptr<Store> make_postgres_store(PostgresSpec postgres,
                                                         const PipelineSpec& pipeline,
                                                         postgres::Identity identity,
                                                         postgres::SecretResolver secrets);

}  // namespace tallymill
