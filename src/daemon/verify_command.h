#pragma once

#include "config/spec.h"
#include "sink/ledger.h"

namespace tallymill {

// Verifies the chosen batches of a pipeline and prints each one that is not equal, then how many
// there were. Returns the exit code: ok, failure if something differs, else not_verifiable if
// something could not be compared, be it that Kafka or Postgres does not answer.
[[nodiscard]] int verify_command(const Spec& spec, const PipelineSpec& pipeline,
                                 const LedgerSelection& which);

}  // namespace tallymill
