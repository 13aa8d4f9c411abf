#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

namespace tallymill {

// Ends the process if stopping takes too long: a restart resumes from the checkpoint.
class StopDeadline {
 public:
  StopDeadline() = default;
  // Everything is over in time.
  ~StopDeadline();
  StopDeadline(const StopDeadline&) = delete;
  StopDeadline& operator=(const StopDeadline&) = delete;

  // Once.
  void start();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace tallymill
