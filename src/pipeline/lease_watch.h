#pragma once

#include <optional>

#include "base/clock.h"
#include "sink/store.h"

namespace tallymill {

// Judges another instance's lease: it is over when its counter has not moved for `patience` on our
// own steady clock (rule R8). Used by the pipeline's thread.
class LeaseWatch {
 public:
  explicit LeaseWatch(Duration patience) : patience_(patience) {}

  // Returns whether the lease moved since it was last seen, so that somebody lives.
  bool saw(const Lease& lease, SteadyTime now) {
    if (seen_ && seen_->session == lease.session && seen_->counter == lease.counter) return false;
    const bool moved = seen_.has_value() && !lease.session.empty();
    seen_ = lease;
    since_ = now;
    return moved;
  }
  // Returns the lease that is over, exactly as it was judged: one that has moved since is not.
  [[nodiscard]] std::optional<Lease> over(SteadyTime now) const {
    const bool is_over = seen_ && (seen_->session.empty() || now - since_ >= patience_);
    return is_over ? seen_ : std::nullopt;
  }
  void forget() { seen_.reset(); }

 private:
  Duration patience_;
  std::optional<Lease> seen_;
  SteadyTime since_{};
};

}  // namespace tallymill
