#include "daemon/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <utility>

namespace tallymill {
namespace {

class ThreadWatcher final : public SignalWatcher {
 public:
  explicit ThreadWatcher(SignalHandlers handlers) : handlers_(std::move(handlers)) {
    sigemptyset(&signals_);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) sigaddset(&signals_, signal);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    thread_ = std::thread([this] { run(); });
  }
  ~ThreadWatcher() override {
    ending_ = true;
    pthread_kill(thread_.native_handle(), SIGUSR1);
    thread_.join();
  }
  ThreadWatcher(const ThreadWatcher&) = delete;
  ThreadWatcher& operator=(const ThreadWatcher&) = delete;

 private:
  void run() {
    for (int seen = 0;;) {
      int signal = 0;
      sigwait(&signals_, &signal);
      if (ending_) return;
      if (signal == SIGUSR1) continue;
      if (signal == SIGHUP) {
        handlers_.reload();
        continue;
      }
      if (++seen > 1) _exit(1);
      handlers_.stop();
    }
  }

  SignalHandlers handlers_;
  sigset_t signals_{};
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

void mask_interrupts(int how) {
  sigset_t both;
  sigemptyset(&both);
  for (const int signal : {SIGINT, SIGTERM}) sigaddset(&both, signal);
  pthread_sigmask(how, &both, nullptr);
}

}  // namespace

std::unique_ptr<SignalWatcher> watch_signals(SignalHandlers handlers) {
  return std::make_unique<ThreadWatcher>(std::move(handlers));
}

void end_on_interrupt() {
  for (const int signal : {SIGINT, SIGTERM}) ::signal(signal, [](int) { _exit(0); });
}

InterruptsHeld::InterruptsHeld() { mask_interrupts(SIG_BLOCK); }
InterruptsHeld::~InterruptsHeld() { mask_interrupts(SIG_UNBLOCK); }

}  // namespace tallymill
