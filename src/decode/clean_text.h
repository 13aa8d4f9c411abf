#pragma once

#include <string_view>

#include "base/error.h"
#include "decode/table_text.h"

namespace tallymill {

// Every cell of a lookup may become a key, and keys are UTF-8 and hold no NUL. Both fail with
// Reaction::stop, code "lookup_malformed", and the line; check_cells where an escape sequence makes a
// NUL that the text does not show.
[[nodiscard]] Result<void> check_text(std::string_view text);
[[nodiscard]] Result<void> check_cells(const TableText& table);

}  // namespace tallymill
