#pragma once

#include <functional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"

namespace tallymill {

// One line when an outage starts and one when it ends, however many tries lie between.
class OutageLog {
 public:
  // `began` is called with the error when the first line is written.
  explicit OutageLog(std::string pipeline, std::function<void(const Error&)> began = [](const Error&) {})
      : pipeline_(std::move(pipeline)), began_(std::move(began)) {}

  void failed(const Error& error, SteadyTime now) {
    ++tries_;
    if (tries_ > 1 && error.code() == code_) return;
    if (tries_ == 1) since_ = now;
    code_ = error.code();
    message_ = error.message();
    log_warn("waiting; the same will be tried again", {{"pipeline", pipeline_},
                                                       {"error", error.message()},
                                                       {"code", code_.empty() ? "-" : code_}});
    began_(error);
  }
  void worked(SteadyTime now) {
    if (tries_ == 0) return;
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - since_).count();
    log_info("working again",
             {{"pipeline", pipeline_}, {"tries", std::int64_t{tries_}}, {"waited_ms", waited}});
    tries_ = 0;
    message_.clear();
  }
  // What is waited for; empty if nothing is.
  [[nodiscard]] const std::string& message() const { return message_; }

 private:
  std::string pipeline_;
  std::function<void(const Error&)> began_;
  std::string code_;
  std::string message_;
  SteadyTime since_{};
  int tries_ = 0;
};

}  // namespace tallymill
