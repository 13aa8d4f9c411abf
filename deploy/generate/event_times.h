#pragma once

#include <chrono>
#include <cstdint>

namespace tallymill::generate {

// When made-up events happen: now, or, so that a seed gives the same events each time, from a start
// on at an even rate.
struct EventTimes {
  std::int64_t start_ms = 0;  // Since 1970; 0: the clock's time.
  std::int64_t per_second = 200'000;

  // Of the event that follows `sent` others.
  [[nodiscard]] std::int64_t of(std::int64_t sent) const {
    if (start_ms > 0) return start_ms + sent * 1'000 / per_second;
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    return duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  }
};

}  // namespace tallymill::generate
