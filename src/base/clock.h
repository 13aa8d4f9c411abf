#pragma once

// Time is passed in, never asked for, so that tests turn it by hand.
//
// Triggers, deadlines and leases use the steady clock; windows use event time; the wall clock is
// for logs, metrics, ledger columns, and for resolving `start: -10m` once (rule R8).

#include <chrono>

namespace tallymill {

using Duration = std::chrono::nanoseconds;
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, Duration>;
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual SteadyTime steady_now() const = 0;
  [[nodiscard]] virtual WallTime wall_now() const = 0;
};

// The machine's own clocks. Lives for the whole process.
[[nodiscard]] const Clock& system_clock();

}  // namespace tallymill
