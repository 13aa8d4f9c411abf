#include "pipeline/reject_ratio.h"

namespace tallymill {

void RejectRatio::committed(const BatchCounts& counts) {
  if (counts.read == 0) return;
  batches_.push_front({counts.read, counts.unusable});
  std::int64_t read = 0;
  std::size_t needed = 0;
  while (needed < batches_.size() && read < window) read += batches_[needed++].read;
  batches_.resize(needed);
}

double RejectRatio::with(const BatchCounts& counts) const {
  Share sum{counts.read, counts.unusable};
  for (const Share& batch : batches_) {
    if (sum.read >= window) break;
    sum.read += batch.read;
    sum.unusable += batch.unusable;
  }
  if (sum.read < fewest) return 0;
  return static_cast<double>(sum.unusable) / static_cast<double>(sum.read);
}

}  // namespace tallymill
