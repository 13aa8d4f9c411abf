#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace tallymill::kafka {

// Takes secrets out of what librdkafka says. Thread-safe.
class Scrubber {
 public:
  void hide(const Secret& secret);
  [[nodiscard]] std::string scrub(std::string_view text) const;

 private:
  mutable std::mutex mutex_;
  std::vector<Secret> secrets_;
};

// Sends a line of librdkafka's to our log. Changes of state are logged by whoever reads the source's
// events; so all but what is critical goes to debug.
void log_line(const Scrubber& scrubber, int level, const char* facility, const char* text);

}  // namespace tallymill::kafka
