#pragma once

#include <string>

#include "model/batch.h"
#include "model/record.h"

namespace tallymill {

// What a checkpoint keeps of the record before it, to know it again. The same for every process.
[[nodiscard]] Anchor anchor_of(const Record& record);

// What is said of a log that holds another record at the anchor's offset, where `next` is the
// checkpoint behind it.
[[nodiscard]] std::string rewritten_log(Offset next);

}  // namespace tallymill
