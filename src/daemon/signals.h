#pragma once

#include <functional>
#include <memory>

namespace tallymill {

// Handles SIGTERM and SIGINT on a thread of its own: the first one calls `stop`, a second one ends the
// process at once, with exit code 1. Each SIGHUP calls `reload`, on the same thread. SIGPIPE is ignored.
//
// REQUIRES: made before any other thread that does not block signals itself, so that all of them
// inherit the blocked ones.
class SignalWatcher {
 public:
  virtual ~SignalWatcher() = default;
};

// Neither may block: the next signal waits for it.
struct SignalHandlers {
  std::function<void()> stop;
  std::function<void()> reload;
};
[[nodiscard]] std::unique_ptr<SignalWatcher> watch_signals(SignalHandlers handlers);

// For a command that goes on until a person has seen enough: SIGINT and SIGTERM end the process at once,
// with exit code 0. What was not flushed to a stream is lost.
void end_on_interrupt();

// While it lives these two signals wait: for what must be written whole.
class InterruptsHeld {
 public:
  InterruptsHeld();
  ~InterruptsHeld();
  InterruptsHeld(const InterruptsHeld&) = delete;
  InterruptsHeld& operator=(const InterruptsHeld&) = delete;
};

}  // namespace tallymill
