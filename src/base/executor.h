#pragma once

#include <functional>
#include <memory>
#include <string>

namespace tallymill {

// Runs functions one after the other, somewhere else. Tests run them by hand.
class Executor {
 public:
  virtual ~Executor() = default;
  // Thread-safe. `work` must not throw.
  virtual void post(std::function<void()> work) = 0;
};

// A thread of its own. Destruction waits for the function that is running and forgets the rest.
[[nodiscard]] std::unique_ptr<Executor> make_thread_executor(const std::string& thread_name);

// A share in another executor, which must outlive it. Destruction waits for its own function that is
// running and forgets its own others. Not by the thread that runs them.
[[nodiscard]] std::unique_ptr<Executor> share_executor(Executor& whole);

}  // namespace tallymill
