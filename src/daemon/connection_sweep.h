#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "base/clock.h"

namespace tallymill {

// Ends connections that have lasted too long, however busy they look: a client that sends a byte now
// and then is never idle. Thread-safe.
class ConnectionSweep {
 public:
  explicit ConnectionSweep(Duration longest);
  ~ConnectionSweep();
  ConnectionSweep(const ConnectionSweep&) = delete;
  ConnectionSweep& operator=(const ConnectionSweep&) = delete;

  // REQUIRES: ended() is called before the descriptor is closed.
  void began(int descriptor);
  void ended(int descriptor);

 private:
  void run();

  const Duration longest_;
  std::mutex mutex_;  // Guards what follows.
  std::condition_variable changed_;
  std::map<int, SteadyTime> open_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace tallymill
