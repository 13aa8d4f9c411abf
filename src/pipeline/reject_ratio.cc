#include "pipeline/reject_ratio.h"

#include <algorithm>
#include <utility>

namespace tallymill {

void RejectRatio::count(bool rejected) {
  Step& step = ring_[at_];
  ++step.read;
  if (rejected) ++step.rejected;
  if (step.read < window / static_cast<std::int64_t>(steps)) return;
  worst_ = std::max(worst_, current());
  at_ = (at_ + 1) % steps;
  ring_[at_] = {};
}

double RejectRatio::take_worst() {
  return std::max(std::exchange(worst_, 0.0), current());
}

double RejectRatio::current() const {
  Step sum;
  for (const Step& step : ring_) {
    sum.read += step.read;
    sum.rejected += step.rejected;
  }
  if (sum.read < fewest) return 0;
  return static_cast<double>(sum.rejected) / static_cast<double>(sum.read);
}

}  // namespace tallymill
