#pragma once

#include "base/clock.h"

namespace tallymill::testing {

// Stands still until a test turns it.
class ManualClock final : public Clock {
 public:
  [[nodiscard]] SteadyTime steady_now() const override { return steady_; }
  [[nodiscard]] WallTime wall_now() const override { return wall_; }

  void advance(Duration by) {
    steady_ += by;
    wall_ += std::chrono::duration_cast<std::chrono::microseconds>(by);
  }
  void set_wall(WallTime wall) { wall_ = wall; }

 private:
  SteadyTime steady_{std::chrono::hours(1)};
  WallTime wall_{std::chrono::hours(24 * 365 * 50)};
};

}  // namespace tallymill::testing
