#include "model/time_counts.h"

namespace tallymill {

TimeCounts& TimeCounts::operator=(TimeCounts other) noexcept {
  width_ = other.width_;
  cells_ = std::move(other.cells_);
  last_ = nullptr;
  return *this;
}

void TimeCounts::find(std::int64_t cell) {
  last_cell_ = cell;
  last_ = &cells_[cell];
  if (cells_.size() <= most_cells) return;
  const std::int64_t time = cell * width_;
  widen();
  last_cell_ = cell_of(time);
  last_ = &cells_[last_cell_];
}

void TimeCounts::widen() {
  while (cells_.size() > most_cells) {
    std::unordered_map<std::int64_t, std::int64_t> wider;
    for (const auto& [cell, count] : cells_) wider[(cell - (cell & 1)) / 2] += count;
    width_ *= 2;
    cells_ = std::move(wider);
  }
  last_ = nullptr;
}

void TimeCounts::add(const TimeCounts& other) {
  for (const auto& [cell, count] : other.cells_) {
    cells_[cell_of(cell * other.width_ + other.width_ / 2)] += count;
  }
  last_ = nullptr;
  if (cells_.size() > most_cells) widen();
}

void TimeCounts::for_each(const std::function<void(Timestamp, std::int64_t)>& see) const {
  for (const auto& [cell, count] : cells_) {
    if (count > 0) see(Timestamp(cell * width_ + width_ / 2), count);
  }
}

}  // namespace tallymill
