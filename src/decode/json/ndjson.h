#pragma once

#include <string_view>

#include "base/error.h"
#include "decode/table_text.h"

namespace tallymill {

// One flat JSON object per line. The columns are those of the first object; every line has the same
// ones, in any order. A byte order mark before it all and empty lines are passed over. Strings stand for themselves, integers for their digits, booleans for true and false; null
// reads as the empty text. Numbers with a fraction must be written as strings, so that their digits
// are kept. Fails with Reaction::stop and the line.
[[nodiscard]] Result<TableText> parse_ndjson(std::string_view text);

}  // namespace tallymill
