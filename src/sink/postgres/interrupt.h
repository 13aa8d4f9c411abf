#pragma once

#include <atomic>

namespace tallymill::postgres {

// Ends, for good, what others wait for on the connections that were given it. Thread-safe.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  void raise();
  [[nodiscard]] bool raised() const { return raised_; }
  // Can be read from once it is raised, so that whoever polls a socket can poll both.
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
  std::atomic<bool> raised_{false};
};

}  // namespace tallymill::postgres
