#pragma once

#include <string>
#include <string_view>

namespace tallymill {

// Text that no terminal obeys: control characters stand as \x1B. REQUIRES: valid UTF-8.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace tallymill
