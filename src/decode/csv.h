#pragma once

#include <string_view>

#include "base/error.h"
#include "decode/table_text.h"

namespace tallymill {

// CSV as in RFC 4180: a header line, commas, fields in double quotes where they need it, a doubled
// quote inside them, lines that end in LF or CRLF, a byte order mark before it all. Empty lines are
// passed over. Fails with Reaction::stop and the line.
[[nodiscard]] Result<TableText> parse_csv(std::string_view text);

}  // namespace tallymill
