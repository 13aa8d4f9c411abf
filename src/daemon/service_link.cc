#include "daemon/service_link.h"

#include <ctime>
#include <string>
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

void ServiceLink::reloading() {
  // By this the manager tells the end of this reload from that of an earlier one.
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const std::int64_t microseconds = std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
  tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void ServiceLink::tell(std::string_view message) {
  if (!manager_) return;
  const auto told = notify(manager_->socket, message);
  if (told.ok() || complained_.exchange(true)) return;
  log_warn("the service manager cannot be told how this process is", {{"error", told.error().message()}});
}

}  // namespace tallymill
