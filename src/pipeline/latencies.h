#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "model/time_counts.h"

namespace tallymill {

// How long records took until they were visible in Postgres, in buckets that grow by a quarter from
// 10 ms to more than an hour: a percentile is right within a tenth or so. Not thread-safe.
class Latencies {
 public:
  // Records of these Kafka timestamps became visible at `visible`.
  void add(const TimeCounts& times, WallTime visible);
  void add(const Latencies& other);

  [[nodiscard]] std::int64_t count() const;
  // Seconds within which this share of the records was visible; nothing without records.
  // REQUIRES: 0 < share <= 1
  [[nodiscard]] std::optional<double> within(double share) const;

 private:
  static constexpr std::size_t buckets = 60;
  std::array<std::int64_t, buckets> counts_{};
};

}  // namespace tallymill
