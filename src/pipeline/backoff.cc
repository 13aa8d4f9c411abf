#include "pipeline/backoff.h"

#include <algorithm>

namespace tallymill {

Duration Backoff::next() {
  const int doublings = std::min(tries_, 20);
  ++tries_;
  const Duration whole = std::min(longest_, first_ * (std::int64_t{1} << doublings));
  // Marsaglia's xorshift64: jitter needs to be cheap and different, not unpredictable.
  state_ ^= state_ << 13;
  state_ ^= state_ >> 7;
  state_ ^= state_ << 17;
  const double share = static_cast<double>(state_ >> 11) / 9007199254740992.0;
  const Duration half = whole / 2;
  return half + Duration(static_cast<Duration::rep>(static_cast<double>(half.count()) * share));
}

}  // namespace tallymill
