#pragma once

#include <memory>
#include <optional>

#include "model/timestamp.h"
#include "sink/postgres/options.h"
#include "sink/replay_store.h"

namespace tallymill {

// The exchange of an aggregation in Postgres. `live` and `shadow` must outlive it; `shadow` is what
// shadow_of(live, ...) made, and has one aggregation. `from` as there. Connects when first used.
[[nodiscard]] std::unique_ptr<ReplayStore> make_postgres_replay(PostgresSpec postgres,
                                                                const PipelineSpec& live,
                                                                const PipelineSpec& shadow,
                                                                std::optional<Timestamp> from,
                                                                postgres::SecretResolver secrets);

}  // namespace tallymill
