#pragma once

#include <cstdint>

#include "base/clock.h"

namespace tallymill {

// How long to wait before the next try: doubled each time up to a bound, and jittered over its
// upper half, so that many processes do not come back at one moment.
class Backoff {
 public:
  Backoff(Duration first, Duration longest, std::uint64_t seed)
      : first_(first), longest_(longest), state_(seed | 1) {}

  // Returns the wait before the next try.
  [[nodiscard]] Duration next();
  // After a success.
  void reset() { tries_ = 0; }
  [[nodiscard]] int tries() const { return tries_; }

 private:
  Duration first_;
  Duration longest_;
  std::uint64_t state_;
  int tries_ = 0;
};

}  // namespace tallymill
