#pragma once

#include <algorithm>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "sink/store.h"

namespace tallymill {

// How often a lease is renewed and looked at, and how long it may stand still.
struct LeaseTimes {
  Duration patience;
  Duration renewal;
  Duration observation;

  // Has a standby count within `takeover` of its holder's death. Seen one observation after the last
  // renewal and judged one after patience is over, that takes 5/6 of it at worst; the rest is for the
  // start. Of four renewals within patience three may be late.
  [[nodiscard]] static constexpr LeaseTimes within(Duration takeover) {
    return {takeover * 2 / 3, takeover / 6, takeover / 12};
  }
};

// Judges another instance's lease: it is over when its counters have not moved for `patience` on our
// own steady clock (rule R8). Between two sightings at most half of that counts: where a look takes
// long, or we were held up ourselves, its holder may have been held up by the same. Used by the
// pipeline's thread.
class LeaseWatch {
 public:
  explicit LeaseWatch(Duration patience) : patience_(patience) {}

  // Returns whether the lease moved since it was last seen, so that somebody lives.
  bool saw(const Lease& lease, SteadyTime now) {
    const Duration passed = now - std::exchange(seen_at_, now);
    if (seen_ == lease) {
      still_for_ += std::min(passed, patience_ / 2);
      return false;
    }
    const bool moved = seen_.has_value() && !lease.session.empty();
    seen_ = lease;
    still_for_ = Duration::zero();
    return moved;
  }
  // Returns the lease that is over, exactly as it was judged: one that has moved since is not.
  [[nodiscard]] std::optional<Lease> over() const {
    const bool is_over = seen_ && (seen_->session.empty() || still_for_ >= patience_);
    return is_over ? seen_ : std::nullopt;
  }
  void forget() { seen_.reset(); }

 private:
  Duration patience_;
  std::optional<Lease> seen_;
  SteadyTime seen_at_{};
  Duration still_for_{};
};

// Why one that waits for nobody does not count.
[[nodiscard]] inline Error taken_by(const Lease& holder) {
  return {Reaction::stop, "lease_taken",
          "instance " + holder.instance + " counts this pipeline; stop it first, or let it go on"};
}

}  // namespace tallymill
