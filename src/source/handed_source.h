#pragma once

#include <algorithm>
#include <span>

#include "source/offline_source.h"

namespace tallymill {

// A source of the records that it is handed, whoever read them.
class HandedSource final : public OfflineSource {
 public:
  // Delivered by the next calls of fetch(). REQUIRES: they outlive that, and those before them were
  // delivered.
  void hand(std::span<const Record> records) { records_ = records; }
  [[nodiscard]] bool all_delivered() const { return records_.empty(); }

  Result<void> assign(const Assignment& assignment) override {
    epoch_ = assignment.epoch;
    return {};
  }
  void fetch(std::size_t /*lane*/, std::size_t max_records, Duration /*wait*/,
             Chunk& chunk) override {
    const auto next = records_.first(std::min(max_records, records_.size()));
    records_ = records_.subspan(next.size());
    chunk.epoch = epoch_;
    chunk.records.assign(next.begin(), next.end());
  }

 private:
  AssignmentEpoch epoch_;
  std::span<const Record> records_;
};

}  // namespace tallymill
