#pragma once

#include <memory>
#include <string>

#include "sink/postgres/options.h"
#include "sink/presence.h"

namespace tallymill {

namespace postgres {
// How long an instance that is silent is still told of, in SQL.
inline const std::string remembered = "interval '1 min'";
}  // namespace postgres

// The table `instance` of the daemon's schema. Connects when first used. `pipeline` must outlive it.
[[nodiscard]] std::unique_ptr<Presence> make_postgres_presence(PostgresSpec postgres,
                                                               const PipelineSpec& pipeline,
                                                               postgres::Identity identity,
                                                               postgres::SecretResolver secrets);

}  // namespace tallymill
