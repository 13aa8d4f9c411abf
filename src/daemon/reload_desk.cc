#include "daemon/reload_desk.h"

#include <utility>

namespace tallymill {

std::string_view to_string(ReloadResult result) {
  switch (result) {
    case ReloadResult::none: return "none";
    case ReloadResult::applied: return "applied";
    case ReloadResult::rejected: return "rejected";
    case ReloadResult::incomplete: break;
  }
  return "incomplete";
}

void ReloadDesk::request() {
  const std::lock_guard lock(mutex_);
  ++report_.requested;
}

std::optional<std::int64_t> ReloadDesk::due() const {
  const std::lock_guard lock(mutex_);
  if (report_.answered == report_.requested) return std::nullopt;
  return report_.requested;
}

void ReloadDesk::answer(std::int64_t requests, ReloadResult result, std::string message, WallTime now) {
  const std::lock_guard lock(mutex_);
  report_.answered = requests;
  report_.result = result;
  report_.message = std::move(message);
  report_.at = now;
}

ReloadReport ReloadDesk::report() const {
  const std::lock_guard lock(mutex_);
  return report_;
}

}  // namespace tallymill
