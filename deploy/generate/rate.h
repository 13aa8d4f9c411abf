#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace tallymill::generate {

// How many events are due: `per_second` of them since the start, at most `count` in all, none after
// `duration`. What could not be sent in time is made up for, up to one second's worth.
class Rate {
 public:
  using Clock = std::chrono::steady_clock;

  // Zero means no limit, for each.
  struct Limits {
    std::int64_t per_second = 0;
    std::int64_t count = 0;
    std::chrono::milliseconds duration{};
  };

  Rate(Limits limits, Clock::time_point start) : limits_(limits), start_(start) {}

  // Returns how many events to send now, at most `most`.
  [[nodiscard]] std::int64_t due(Clock::time_point now, std::int64_t sent, std::int64_t most) {
    std::int64_t due = most;
    if (limits_.per_second > 0) {
      const double seconds = std::chrono::duration<double>(now - start_).count();
      const auto owed =
          static_cast<std::int64_t>(seconds * static_cast<double>(limits_.per_second)) - sent -
          forgiven_;
      if (owed > limits_.per_second) forgiven_ += owed - limits_.per_second;
      due = std::min({owed, limits_.per_second, most});
    }
    if (limits_.count > 0) due = std::min(due, limits_.count - sent);
    return std::max<std::int64_t>(due, 0);
  }

  [[nodiscard]] bool finished(Clock::time_point now, std::int64_t sent) const {
    return (limits_.count > 0 && sent >= limits_.count) ||
           (limits_.duration.count() > 0 && now - start_ >= limits_.duration);
  }

 private:
  Limits limits_;
  Clock::time_point start_;
  std::int64_t forgiven_ = 0;  // Events that will not be made up for.
};

}  // namespace tallymill::generate
