#pragma once

#include <cstddef>

#include "config/spec.h"
#include "model/batch.h"
#include "model/record.h"

namespace tallymill {

// A dead letter with the record's coordinates and bytes, cut to what `limits` allow. The caller
// fills in where, topic id, aggregation, reason and message.
[[nodiscard]] DeadLetter make_dead_letter(const Record& record, const DeadLetterSpec& limits);

// Memory that it takes, about.
[[nodiscard]] std::size_t dead_letter_bytes(const DeadLetter& letter);

}  // namespace tallymill
