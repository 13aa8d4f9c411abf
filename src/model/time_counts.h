#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>

#include "model/timestamp.h"

namespace tallymill {

// How many records have about which time: what a latency histogram needs, in bounded memory. Starts
// at 20 ms; the width doubles whenever there would be more than 2,048 cells. Not thread-safe.
class TimeCounts {
 public:
  void add(Timestamp time) {
    const std::int64_t cell = cell_of(time.microseconds());
    if (cell != last_cell_ || last_ == nullptr) find(cell);
    ++*last_;
  }
  void add(const TimeCounts& other);

  // Calls `see` with the middle of each cell and the number of its records.
  void for_each(const std::function<void(Timestamp, std::int64_t)>& see) const;

  TimeCounts() = default;
  TimeCounts(const TimeCounts& other) : width_(other.width_), cells_(other.cells_) {}
  TimeCounts(TimeCounts&& other) noexcept
      : width_(other.width_), cells_(std::move(other.cells_)) {
    other.last_ = nullptr;
  }
  TimeCounts& operator=(TimeCounts other) noexcept;
  ~TimeCounts() = default;

 private:
  static constexpr std::size_t most_cells = 2048;
  // Floored, so that cells before 1970 are as wide as all others.
  [[nodiscard]] std::int64_t cell_of(std::int64_t microseconds) const {
    return microseconds / width_ - (microseconds % width_ < 0 ? 1 : 0);
  }
  void find(std::int64_t cell);
  void widen();

  std::int64_t width_ = 20000;  // Microseconds.
  std::unordered_map<std::int64_t, std::int64_t> cells_;
  std::int64_t last_cell_ = 0;
  std::int64_t* last_ = nullptr;  // Into cells_, whose nodes do not move.
};

}  // namespace tallymill
