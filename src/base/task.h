#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/executor.h"

namespace tallymill {

// One function at a time on an Executor, with its result fetched by the thread that started it.
// A Task may be destroyed while its function runs; the result is then forgotten.
template <class T>
class Task {
 public:
  // `done` is called by the executor once the result can be taken.
  // REQUIRES: !busy()
  void start(Executor& executor, std::function<T()> work, std::function<void()> done) {
    CHECK(!busy(), "a task runs one function at a time");
    shared_ = std::make_shared<Shared>();
    executor.post([shared = shared_, work = std::move(work), done = std::move(done)] {
      T result = work();
      {
        const std::lock_guard lock(shared->mutex);
        shared->result = std::move(result);
      }
      done();
    });
  }

  // True from start() until take() has returned the result.
  [[nodiscard]] bool busy() const { return shared_ != nullptr; }

  // Returns the result once, when it is there.
  [[nodiscard]] std::optional<T> take() {
    if (!shared_) return std::nullopt;
    std::optional<T> result;
    {
      const std::lock_guard lock(shared_->mutex);
      if (!shared_->result) return std::nullopt;
      result = std::move(shared_->result);
    }
    shared_.reset();
    return result;
  }

  // Forgets the function that runs: its result will never be taken. The executor still finishes
  // it before anything posted later.
  void abandon() { shared_.reset(); }

 private:
  struct Shared {
    std::mutex mutex;
    std::optional<T> result;
  };
  std::shared_ptr<Shared> shared_;
};

}  // namespace tallymill
