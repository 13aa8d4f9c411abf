#pragma once

#include <memory>
#include <string>

#include "sink/ledger.h"
#include "sink/postgres/options.h"

namespace tallymill {

// The ledger of one pipeline in Postgres. Connects when first used.
[[nodiscard]] std::unique_ptr<Ledger> make_postgres_ledger(PostgresSpec postgres,
                                                           std::string pipeline,
                                                           postgres::SecretResolver secrets);

}  // namespace tallymill
