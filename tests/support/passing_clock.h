#pragma once

#include "base/clock.h"

namespace tallymill::testing {

// Time passes while it is looked at, so that waits end.
class PassingClock final : public Clock {
 public:
  [[nodiscard]] SteadyTime steady_now() const override { return now_ += std::chrono::milliseconds(100); }
  [[nodiscard]] WallTime wall_now() const override { return {}; }

 private:
  mutable SteadyTime now_{std::chrono::hours(1)};
};

}  // namespace tallymill::testing
