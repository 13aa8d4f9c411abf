#pragma once

// The pipeline's row, and which configuration it is bound to: once one has counted, only one that
// counts the same, and perhaps more, goes on.

#include "sink/postgres/pipeline_work.h"
#include "sink/postgres/session.h"

namespace tallymill::postgres {

// REQUIRES of all that take a connection: within a transaction.

enum class Binding : std::uint8_t {
  bound,  // The row is there and under our configuration.
  waits,  // Another instance holds it under another configuration: ours comes into force after it.
};

struct BoundPipeline {
  Binding binding = Binding::bound;
  PipelineWork work;  // What was done, or what there will be to do.
  std::int64_t batches = 0;  // That were counted.
};

// Whose lease is ours: the session's alone, or that of any session of the instance's name, which a start
// would take back first.
enum class OwnLease : std::uint8_t { of_session, of_instance };

// Makes the row or carries it over from a former name, locks it, and puts our configuration into force.
// Fails as find_pipeline_work().
[[nodiscard]] Result<BoundPipeline> ensure_pipeline(const Session& session, Connection& connection,
                                                    OwnLease own);

// Fails like that, and changes nothing.
[[nodiscard]] Result<void> check_configuration(const Session& session, Connection& connection);

// The first parameters of a statement that puts a configuration into force: the pipeline's name, its
// fingerprint, and the canonical text that is compared where another one is refused.
[[nodiscard]] Params name_and_configuration(const PipelineSpec& pipeline);

}  // namespace tallymill::postgres
