#pragma once

#include <cstdint>

#include "random.h"

namespace tallymill::generate {

// Which service is in trouble, if any: an incident begins 5 to 20 s after the last one ended, takes
// 5 to 15 s, and makes 20 to 60 of 100 requests of one service fail.
class Incident {
 public:
  Incident(Random& random, std::uint32_t service_count)
      : random_(random), service_count_(service_count) {}

  // Moves on to `now_ms`. Called often; cheap while nothing changes.
  void update(std::int64_t now_ms) {
    if (now_ms < changes_at_) return;
    const bool first = changes_at_ == 0;
    active_ = !first && !active_;
    changes_at_ = now_ms + 5'000 + random_.below(active_ ? 10'000 : 15'000);
    if (!active_) return;
    service_ = random_.below(service_count_);
    error_percent_ = 20 + random_.below(41);
  }

  [[nodiscard]] bool hits(std::uint32_t service) const { return active_ && service == service_; }
  [[nodiscard]] std::uint32_t error_percent() const { return error_percent_; }

 private:
  Random& random_;
  std::uint32_t service_count_;
  std::int64_t changes_at_ = 0;  // Milliseconds since 1970.
  bool active_ = false;
  std::uint32_t service_ = 0;
  std::uint32_t error_percent_ = 0;
};

}  // namespace tallymill::generate
