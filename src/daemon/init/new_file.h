#pragma once

#include <string>

#include "base/error.h"

namespace tallymill {

// Writes a file that was not there before, readable by all and writable by its owner. Fails, and
// leaves everything as it was, if there is one.
[[nodiscard]] Result<void> write_new_file(const std::string& path, const std::string& text);

}  // namespace tallymill
