#pragma once

#include <deque>
#include <functional>
#include <utility>

#include "base/executor.h"

namespace tallymill::testing {

// Runs what was posted when the test says, or never.
class ManualExecutor final : public Executor {
 public:
  void post(std::function<void()> work) override { queue_.push_back(std::move(work)); }

  // Runs one; returns false if there was none.
  bool run_one() {
    if (queue_.empty()) return false;
    auto work = std::move(queue_.front());
    queue_.pop_front();
    work();
    return true;
  }
  [[nodiscard]] std::size_t waiting() const { return queue_.size(); }
  void forget() { queue_.clear(); }

 private:
  std::deque<std::function<void()>> queue_;
};

}  // namespace tallymill::testing
