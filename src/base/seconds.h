#pragma once

#include <chrono>

#include "base/clock.h"

namespace tallymill {

// For metrics and pages, which count in seconds.
[[nodiscard]] constexpr double in_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace tallymill
