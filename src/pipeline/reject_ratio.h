#pragma once

#include <cstdint>
#include <deque>

#include "model/batch.h"

namespace tallymill {

// The share of records that could not be used, among the last 10,000: of whole batches, the newest
// first, until there are as many. So it depends neither on the number of workers nor on who read
// what first. It is judged from 100 records on, so that one bad record on a quiet topic stops
// nothing. A value; not thread-safe.
class RejectRatio {
 public:
  static constexpr std::int64_t window = 10000;
  static constexpr std::int64_t fewest = 100;

  // Adds a batch that was committed.
  void committed(const BatchCounts& counts);

  // The share with a further batch added; 0 while it is not judged.
  [[nodiscard]] double with(const BatchCounts& counts) const;

 private:
  struct Share {
    std::int64_t read = 0;
    std::int64_t unusable = 0;
  };
  std::deque<Share> batches_;  // The newest first; no more than the window needs.
};

}  // namespace tallymill
