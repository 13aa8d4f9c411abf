#pragma once

#include <atomic>

#include "daemon/notify_socket.h"
#include "daemon/watchdog_feed.h"

namespace tallymill {

// What the process tells the service manager that started it: ready, moving, reloading,
// stopping. Does nothing
// where there is none. That it cannot be told is logged once; the daemon goes on. Thread-safe.
class ServiceLink {
 public:
  explicit ServiceLink(std::optional<ServiceManager> manager);

  void ready() { tell("READY=1"); }
  // The configuration is being read again; ready() says that this is over.
  void reloading();
  void stopping() { tell("STOPPING=1"); }
  // To be joined by whoever must move for the process to be well.
  [[nodiscard]] WatchdogFeed& watchdog() { return feed_; }

 private:
  void tell(std::string_view message);

  const std::optional<ServiceManager> manager_;
  std::atomic<bool> complained_{false};
  WatchdogFeed feed_;
};

}  // namespace tallymill
