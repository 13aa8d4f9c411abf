#include "pipeline/latencies.h"

#include <algorithm>
#include <numeric>

namespace tallymill {
namespace {

constexpr double narrowest = 0.01;
constexpr double growth = 1.25;

// Where each bucket ends, in seconds. The last one ends nowhere, but has to be drawn somewhere.
template <std::size_t size>
constexpr std::array<double, size> bounds() {
  std::array<double, size> ends{};
  double end = narrowest;
  for (double& one : ends) {
    one = end;
    end *= growth;
  }
  return ends;
}

}  // namespace

void Latencies::add(const TimeCounts& times, WallTime visible) {
  static constexpr auto ends = bounds<buckets>();
  const std::int64_t now = visible.time_since_epoch().count();
  times.for_each([&](Timestamp time, std::int64_t count) {
    const double seconds = static_cast<double>(now - time.microseconds()) / 1e6;
    const auto end = std::lower_bound(ends.begin(), ends.end() - 1, seconds);
    counts_.at(static_cast<std::size_t>(end - ends.begin())) += count;
  });
}

void Latencies::add(const Latencies& other) {
  for (std::size_t i = 0; i < buckets; ++i) counts_[i] += other.counts_[i];
}

std::int64_t Latencies::count() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0});
}

std::optional<double> Latencies::within(double share) const {
  static constexpr auto ends = bounds<buckets>();
  const double wanted = share * static_cast<double>(count());
  if (wanted <= 0) return std::nullopt;
  double below = 0;
  std::size_t i = 0;
  for (; i + 1 < buckets && below + static_cast<double>(counts_[i]) < wanted; ++i) {
    below += static_cast<double>(counts_[i]);
  }
  const double start = i == 0 ? 0 : ends[i - 1];
  const double part = counts_[i] == 0 ? 1 : (wanted - below) / static_cast<double>(counts_[i]);
  return start + (ends[i] - start) * std::min(part, 1.0);
}

}  // namespace tallymill
