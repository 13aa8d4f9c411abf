#include "daemon/stop_deadline.h"

#include <unistd.h>

#include <chrono>

#include "base/log.h"
#include "daemon/exit_codes.h"

namespace tallymill {
namespace {

// After a signal everything is over within 10 seconds, whatever hangs.
constexpr auto stop_deadline = std::chrono::milliseconds(9500);

}  // namespace

StopDeadline::~StopDeadline() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void StopDeadline::start() {
  thread_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, stop_deadline, [this] { return over_; })) return;
    log_error("stopping took too long; ending now, a restart resumes from the checkpoint");
    flush_log();
    _exit(exit_code::failure);
  });
}

}  // namespace tallymill
