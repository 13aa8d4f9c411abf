#include "daemon/connection_sweep.h"

#include <sys/socket.h>

namespace tallymill {

ConnectionSweep::ConnectionSweep(Duration longest)
    : longest_(longest), thread_([this] { run(); }) {}

ConnectionSweep::~ConnectionSweep() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ConnectionSweep::began(int descriptor) {
  const std::lock_guard lock(mutex_);
  open_[descriptor] = system_clock().steady_now();
}

void ConnectionSweep::ended(int descriptor) {
  const std::lock_guard lock(mutex_);
  open_.erase(descriptor);
}

void ConnectionSweep::run() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, std::chrono::seconds(1), [this] { return over_; })) {
    const SteadyTime now = system_clock().steady_now();
    for (const auto& [descriptor, since] : open_) {
      // The server notices the end of the stream and closes what it opened.
      if (now - since > longest_) shutdown(descriptor, SHUT_RDWR);
    }
  }
}

}  // namespace tallymill
