#include "base/executor.h"

#include <pthread.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace tallymill {
namespace {

class ThreadExecutor final : public Executor {
 public:
  explicit ThreadExecutor(const std::string& thread_name) : thread_([this] { run(); }) {
    // The kernel keeps 15 characters; longer names would be refused.
    pthread_setname_np(thread_.native_handle(), thread_name.substr(0, 15).c_str());
  }

  ~ThreadExecutor() override {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
      queue_.clear();
    }
    changed_.notify_one();
    thread_.join();
  }

  void post(std::function<void()> work) override {
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(work));
    }
    changed_.notify_one();
  }

 private:
  void run() {
    for (;;) {
      std::function<void()> work;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return ending_ || !queue_.empty(); });
        if (ending_) return;
        work = std::move(queue_.front());
        queue_.pop_front();
      }
      work();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  bool ending_ = false;
  std::thread thread_;  // Last, so that everything it uses exists before it starts.
};

class SharedExecutor final : public Executor {
 public:
  explicit SharedExecutor(Executor& whole) : whole_(whole) {}

  ~SharedExecutor() override {
    const std::lock_guard lock(mine_->running);
    mine_->ended = true;
  }

  void post(std::function<void()> work) override {
    whole_.post([mine = mine_, work = std::move(work)] {
      const std::lock_guard lock(mine->running);
      if (!mine->ended) work();
    });
  }

 private:
  struct Mine {
    std::mutex running;
    bool ended = false;
  };

  Executor& whole_;
  const std::shared_ptr<Mine> mine_ = std::make_shared<Mine>();
};

}  // namespace

std::unique_ptr<Executor> share_executor(Executor& whole) { return std::make_unique<SharedExecutor>(whole); }

std::unique_ptr<Executor> make_thread_executor(const std::string& thread_name) {
  return std::make_unique<ThreadExecutor>(thread_name);
}

}  // namespace tallymill
