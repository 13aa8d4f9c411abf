#include "daemon/health.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/http_server.h"
#include "support/catch.h"

namespace tallymill {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds patient{5'000};

// A server that accepts connections, by the system's own queue, and never says a word.
class SilentServer {
 public:
  SilentServer() : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&where), size) == 0);
    REQUIRE(::listen(fd_, 4) == 0);
    REQUIRE(::getsockname(fd_, reinterpret_cast<sockaddr*>(&where), &size) == 0);
    port_ = ntohs(where.sin_port);
  }
  ~SilentServer() { close(); }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
  std::uint16_t port_ = 0;
};

auto serve(unsigned status, std::string& asked) {
  auto server = start_http_server("127.0.0.1", 0, [status, &asked](const std::string& path) {
    asked = path;
    return HttpResponse{status, "text/plain", "\n"};
  });
  REQUIRE(server.ok());
  return std::move(server).value();
}

}  // namespace

TEST_CASE("a daemon that answers 200 to /healthz is healthy") {
  std::string asked;
  const auto server = serve(200, asked);
  CHECK(ask_health("127.0.0.1", server->port(), patient).ok());
  CHECK(asked == "/healthz");
}

TEST_CASE("a daemon that listens everywhere is asked on loopback") {
  std::string asked;
  const auto server = serve(200, asked);
  CHECK(ask_health("0.0.0.0", server->port(), patient).ok());
}

TEST_CASE("any other answer is unhealthy and is shown") {
  std::string asked;
  const auto server = serve(503, asked);
  const auto answer = ask_health("127.0.0.1", server->port(), patient);
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().message().find("503") != std::string::npos);
}

TEST_CASE("nobody listening is unhealthy, at once, and names the place") {
  SilentServer gone;
  gone.close();
  const auto answer = ask_health("127.0.0.1", gone.port(), patient);
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().message().find("127.0.0.1 port " + std::to_string(gone.port())) !=
        std::string::npos);
}

TEST_CASE("a server that stays silent is unhealthy when patience ends") {
  const SilentServer silent;
  const auto answer = ask_health("127.0.0.1", silent.port(), milliseconds(20));
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().message().find("no answer in time") != std::string::npos);
}

TEST_CASE("a name is not looked up") {
  const auto answer = ask_health("localhost", 1, patient);
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().reaction() == Reaction::stop);
}

}  // namespace tallymill
