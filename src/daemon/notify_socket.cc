#include "daemon/notify_socket.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace tallymill {
namespace {

std::string take_variable(const char* name) {
  const char* value = std::getenv(name);
  std::string taken = value == nullptr ? "" : value;
  ::unsetenv(name);
  return taken;
}

std::optional<std::int64_t> number(const std::string& text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end || value <= 0) return std::nullopt;
  return value;
}

Error failed(const std::string& socket, const char* why) {
  return {Reaction::retry, "notify", "telling the service manager at " + socket + ": " + why};
}

}  // namespace

std::optional<ServiceManager> take_service_manager() {
  ServiceManager manager;
  manager.socket = take_variable("NOTIFY_SOCKET");
  const auto period = number(take_variable("WATCHDOG_USEC"));
  const std::string pid = take_variable("WATCHDOG_PID");
  if (manager.socket.empty()) return std::nullopt;
  // Without a pid it is meant for whoever reads it.
  const bool ours = pid.empty() || number(pid) == ::getpid();
  if (period && ours) manager.watchdog = std::chrono::microseconds(*period);
  return manager;
}

Result<void> notify(const std::string& socket, std::string_view message) {
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  if (socket.size() < 2 || socket.size() >= sizeof where.sun_path ||
      (socket.front() != '/' && socket.front() != '@')) {
    return failed(socket, "not the name of a unix socket");
  }
  std::memcpy(where.sun_path, socket.data(), socket.size());
  if (socket.front() == '@') where.sun_path[0] = '\0';
  // An abstract name ends where the address does, not at a zero.
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket.size());

  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return failed(socket, std::strerror(errno));
  const timeval patience{1, 0};
  (void)::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const ssize_t sent = ::sendto(fd, message.data(), message.size(), MSG_NOSIGNAL,
                                reinterpret_cast<const sockaddr*>(&where), size);
  const int error = errno;
  ::close(fd);
  if (sent != static_cast<ssize_t>(message.size())) return failed(socket, std::strerror(error));
  return {};
}

}  // namespace tallymill
