#include "daemon/service_link.h"

#include <utility>

#include "base/log.h"

namespace tallymill {
namespace {

// So that a message that is lost, or a step that takes long, is no alarm.
Duration pause_between(const std::optional<ServiceManager>& manager) {
  return manager && manager->watchdog ? *manager->watchdog / 4 : Duration::max();
}

}  // namespace

ServiceLink::ServiceLink(std::optional<ServiceManager> manager)
    : manager_(std::move(manager)),
      feed_(system_clock(), pause_between(manager_), [this] {
        if (manager_->watchdog) tell("WATCHDOG=1");
      }) {}

void ServiceLink::tell(std::string_view message) {
  if (!manager_) return;
  const auto told = notify(manager_->socket, message);
  if (told.ok() || complained_.exchange(true)) return;
  log_warn("the service manager cannot be told how this process is", {{"error", told.error().message()}});
}

}  // namespace tallymill
