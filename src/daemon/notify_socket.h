#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"

namespace tallymill {

// What the service manager that started this process wants to be told: systemd's sd_notify protocol,
// one datagram per message, as sd_notify(3) describes it.
struct ServiceManager {
  std::string socket;                 // A path; `@` first stands for an abstract name.
  std::optional<Duration> watchdog;   // It ends a process that is silent for so long.
};

// From the environment: NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID. Nothing if nobody wants to know.
// Takes them out of it, so that no child process speaks for this one. REQUIRES: no other thread reads the environment.
[[nodiscard]] std::optional<ServiceManager> take_service_manager();

// Sends one message, such as "READY=1". Waits at most a second. Thread-safe.
[[nodiscard]] Result<void> notify(const std::string& socket, std::string_view message);

}  // namespace tallymill
