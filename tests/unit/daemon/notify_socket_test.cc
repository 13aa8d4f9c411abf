#include "daemon/notify_socket.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "support/catch.h"

namespace tallymill {
namespace {

using namespace std::chrono_literals;

// A service manager's socket, of the name that the kernel gives.
class Listening {
 public:
  Listening() : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    // Only the family: the kernel chooses an abstract name.
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&where), sizeof where.sun_family) == 0);
    socklen_t size = sizeof where;
    REQUIRE(::getsockname(fd_, reinterpret_cast<sockaddr*>(&where), &size) == 0);
    name_ = "@" + std::string(where.sun_path + 1, size - offsetof(sockaddr_un, sun_path) - 1);
  }
  ~Listening() { ::close(fd_); }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  std::string heard() {
    char text[128];
    const ssize_t got = ::recv(fd_, text, sizeof text, MSG_DONTWAIT);
    return got < 0 ? "nothing" : std::string(text, static_cast<std::size_t>(got));
  }

 private:
  int fd_;
  std::string name_;
};

void set(const char* socket, const char* period, const char* pid) {
  ::setenv("NOTIFY_SOCKET", socket, 1);
  ::setenv("WATCHDOG_USEC", period, 1);
  ::setenv("WATCHDOG_PID", pid, 1);
}

}  // namespace

TEST_CASE("a message reaches an abstract socket as it is") {
  Listening manager;
  REQUIRE(notify(manager.name(), "READY=1").ok());
  CHECK(manager.heard() == "READY=1");
  CHECK(manager.heard() == "nothing");
}

TEST_CASE("a manager that is not there is an error that names its socket") {
  for (const char* socket : {"/nowhere/at/all", "@tallymill-nobody-listens-here"}) {
    const auto told = notify(socket, "READY=1");
    REQUIRE_FALSE(told.ok());
    CHECK(told.error().message().find(socket) != std::string::npos);
  }
}

TEST_CASE("what is no socket's name is refused, however long it is") {
  for (const std::string& name : {std::string("relative"), std::string("@"), std::string(),
                                  "/" + std::string(200, 'a'), std::string("vsock:2:1")}) {
    CHECK_FALSE(notify(name, "READY=1").ok());
  }
}

TEST_CASE("the manager is read from the environment, and taken out of it") {
  set("/run/manager", "30000000", std::to_string(::getpid()).c_str());
  const auto manager = take_service_manager();
  REQUIRE(manager);
  CHECK(manager->socket == "/run/manager");
  CHECK(manager->watchdog == Duration(30s));
  CHECK(std::getenv("NOTIFY_SOCKET") == nullptr);
  CHECK(std::getenv("WATCHDOG_USEC") == nullptr);
  CHECK(std::getenv("WATCHDOG_PID") == nullptr);
  CHECK_FALSE(take_service_manager());
}

TEST_CASE("a watchdog that is another process's, or none, is none") {
  set("/run/manager", "30000000", "1");
  CHECK_FALSE(take_service_manager()->watchdog);
  set("/run/manager", "soon", "");
  CHECK_FALSE(take_service_manager()->watchdog);
  set("/run/manager", "0", "");
  CHECK_FALSE(take_service_manager()->watchdog);
  set("/run/manager", "1000000", "");
  CHECK(take_service_manager()->watchdog == Duration(1s));
}

}  // namespace tallymill
