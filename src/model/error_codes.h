#pragma once

// What the codes of errors mean to whoever has to act: those of our own. Postgres's are SQLSTATEs
// (sink/postgres/sqlstate.h), Kafka's are librdkafka's names (source/kafka/error_names.h), and where
// `on_error` is `stop`, the code is the reason of the dead letter that the record would have been. A test
// finds each code that the source gives an error here, and each one here in the source.

#include <span>

#include "model/word.h"

namespace tallymill {

// Errors that stop a pipeline, the daemon's start or a command, until somebody settled them.
[[nodiscard]] std::span<const Word> stop_codes();
// Errors that the daemon waits out, trying the same again; a command ends with them.
[[nodiscard]] std::span<const Word> passing_codes();

}  // namespace tallymill
