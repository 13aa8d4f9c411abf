#pragma once

#include <functional>
#include <memory>

namespace tallymill {

// Handles SIGTERM, SIGINT and SIGHUP on a thread of its own: the first one calls `stop`, a second one ends
// the process at once, with exit code 1. SIGPIPE is ignored.
//
// REQUIRES: made before any other thread that does not block signals itself, so that all of them
// inherit the blocked ones.
class SignalWatcher {
 public:
  virtual ~SignalWatcher() = default;
};

[[nodiscard]] std::unique_ptr<SignalWatcher> watch_signals(std::function<void()> stop);

}  // namespace tallymill
