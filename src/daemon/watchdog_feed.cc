#include "daemon/watchdog_feed.h"

#include <algorithm>

namespace tallymill {

WatchdogFeed::Member::Member(WatchdogFeed& feed) : feed_(feed) {
  const std::lock_guard lock(feed_.mutex_);
  feed_.moved_[this] = false;
}

WatchdogFeed::Member::~Member() {
  const std::lock_guard lock(feed_.mutex_);
  feed_.moved_.erase(this);
}

void WatchdogFeed::Member::moved() { feed_.moved(this); }

void WatchdogFeed::moved(const Member* member) {
  {
    const std::lock_guard lock(mutex_);
    moved_[member] = true;
    const SteadyTime now = clock_.steady_now();
    if (now - fed_at_ < pause_) return;
    if (!std::all_of(moved_.begin(), moved_.end(), [](const auto& one) { return one.second; })) return;
    for (auto& [one, has] : moved_) has = false;
    fed_at_ = now;
  }
  feed_();
}

}  // namespace tallymill
