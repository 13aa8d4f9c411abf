#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"
#include "support/catch.h"

namespace tallymill {

// Every text line starts with its time: "2026-01-01T00:00:00.000Z ".
constexpr std::size_t time_size = 25;

// Stands in for the standard error stream for as long as it lives.
class Captured {
 public:
  Captured() : before_(dup(STDERR_FILENO)) {
    flush_log();
    REQUIRE(pipe2(ends_, O_CLOEXEC) == 0);
    REQUIRE(dup2(ends_[1], STDERR_FILENO) >= 0);
  }
  // Leaves the level at which the tests' main function keeps the log.
  ~Captured() {
    release();
    configure_log(LogLevel::error, LogFormat::text);
  }
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;

  // Gives the stream back and returns what was written to it, line by line.
  std::vector<std::string> lines() {
    std::string text;
    std::thread reader([this, &text] {
      char bytes[4096];
      for (ssize_t got = 0; (got = read(ends_[0], bytes, sizeof bytes)) > 0;) {
        text.append(bytes, static_cast<std::size_t>(got));
      }
    });
    flush_log();
    release();
    reader.join();
    close(ends_[0]);
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      lines.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
    return lines;
  }

 private:
  void release() {
    if (before_ < 0) return;
    dup2(before_, STDERR_FILENO);
    close(before_);
    close(ends_[1]);
    before_ = -1;
  }

  int before_;
  int ends_[2] = {-1, -1};
};

}  // namespace tallymill
