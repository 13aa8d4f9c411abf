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

// The table `instance` of the daemon's schema, for all pipelines of a process over one connection: what they
// say at about the same time goes in one transaction, so that fifty cost hardly more than one.
class ProcessPresence {
 public:
  virtual ~ProcessPresence() = default;

  // That of one pipeline, which this must outlive. Of all that were made, hear() and leave() are called by
  // one thread.
  [[nodiscard]] virtual std::unique_ptr<Presence> of(const PipelineSpec& pipeline,
                                                     postgres::Identity identity) = 0;
};

// Connects when first used.
[[nodiscard]] std::unique_ptr<ProcessPresence> make_postgres_presence(PostgresSpec postgres,
                                                                      postgres::SecretResolver secrets);

}  // namespace tallymill
