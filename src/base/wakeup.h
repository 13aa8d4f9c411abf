#pragma once

#include <condition_variable>
#include <mutex>

#include "base/clock.h"

namespace tallymill {

// Ends one thread's sleep from others. A notification that comes before the wait ends the next one.
class Wakeup {
 public:
  void notify() {
    {
      const std::lock_guard lock(mutex_);
      notified_ = true;
    }
    changed_.notify_one();
  }

  void wait_for(Duration longest) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, longest, [this] { return notified_; });
    notified_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool notified_ = false;
};

}  // namespace tallymill
