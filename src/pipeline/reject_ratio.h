#pragma once

#include <array>
#include <cstdint>

namespace tallymill {

// The share of rejected records among the last 10,000, as one worker sees them, in steps of 1,000.
// A share is judged from 100 records on, so that one bad record on a quiet topic stops nothing.
class RejectRatio {
 public:
  static constexpr std::int64_t window = 10000;
  static constexpr std::int64_t fewest = 100;

  void count(bool rejected);

  // The highest share since the last call, looked at whenever a step was full and now.
  [[nodiscard]] double take_worst();

 private:
  static constexpr std::size_t steps = 10;
  struct Step {
    std::int64_t read = 0;
    std::int64_t rejected = 0;
  };

  [[nodiscard]] double current() const;

  std::array<Step, steps> ring_{};
  std::size_t at_ = 0;
  double worst_ = 0;
};

}  // namespace tallymill
