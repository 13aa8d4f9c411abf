#pragma once

#include <string_view>

#include "base/digest.h"

namespace tallymill {

// SHA-256 of the bytes alone, as any other program computes it: nothing is put before them.
[[nodiscard]] Digest sha256(std::string_view bytes);

}  // namespace tallymill
