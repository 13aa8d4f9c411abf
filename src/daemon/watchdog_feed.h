#pragma once

#include <functional>
#include <map>
#include <mutex>

#include "base/clock.h"

namespace tallymill {

// Tells a watchdog that everything moves. Nothing here has a thread or a timer: whoever moves says so,
// and only when each member has since the last time is the watchdog fed. One that hangs starves it.
//
// Thread-safe.
class WatchdogFeed {
 public:
  // `feed` is called at most every `pause`, by whichever member moved last; never with Duration::max().
  WatchdogFeed(const Clock& clock, Duration pause, std::function<void()> feed)
      : clock_(clock), pause_(pause), feed_(std::move(feed)) {}

  // Somebody without whom nothing counts as moving, for as long as it lives.
  class Member {
   public:
    explicit Member(WatchdogFeed& feed);
    ~Member();
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;
    void moved();

   private:
    WatchdogFeed& feed_;
  };

 private:
  void moved(const Member* member);

  const Clock& clock_;
  const Duration pause_;
  const std::function<void()> feed_;
  std::mutex mutex_;  // Guards what follows.
  std::map<const Member*, bool> moved_;
  SteadyTime fed_at_{};
};

}  // namespace tallymill
