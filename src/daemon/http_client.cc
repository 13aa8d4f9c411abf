#include "daemon/http_client.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace tallymill {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

Error no_answer(std::string message) {
  return {Reaction::retry, "http_no_answer", std::move(message)};
}

Error system_error(const char* what, int code) {
  return no_answer(std::string(what) + ": " + std::strerror(code));
}

Result<void> wait_for(int fd, short event, SteadyTime deadline) {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return no_answer("no answer in time");
    pollfd waiting{fd, event, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return system_error("waiting", errno);
  }
}

Result<void> connect_to(int fd, const addrinfo& where, SteadyTime deadline) {
  if (::connect(fd, where.ai_addr, where.ai_addrlen) == 0) return {};
  if (errno != EINPROGRESS) return system_error("connecting", errno);
  TRY(wait_for(fd, POLLOUT, deadline));
  int code = 0;
  socklen_t size = sizeof code;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) != 0) code = errno;
  if (code != 0) return system_error("connecting", code);
  return {};
}

Result<void> send_request(int fd, const std::string& path) {
  const std::string request =
      "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  // A fresh connection's buffer takes this whole.
  if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    return system_error("asking", errno);
  }
  return {};
}

// The answer until its end, or as much of it as is taken.
Result<std::string> read_answer(int fd, SteadyTime deadline) {
  std::string answer;
  while (answer.size() < largest_http_answer) {
    TRY(wait_for(fd, POLLIN, deadline));
    char part[4096];
    const ssize_t got = ::recv(fd, part, sizeof part, 0);
    if (got == 0) break;
    if (got < 0 && errno != EAGAIN && errno != EINTR) return system_error("reading the answer", errno);
    if (got > 0) answer.append(part, static_cast<std::size_t>(got));
  }
  return answer;
}

HttpAnswer split(const std::string& answer) {
  constexpr std::string_view end_of_head = "\r\n\r\n";
  const std::size_t head = answer.find(end_of_head);
  return {answer.substr(0, answer.find_first_of("\r\n")),
          head == std::string::npos ? "" : answer.substr(head + end_of_head.size())};
}

Result<HttpAnswer> ask(const std::string& address, std::uint16_t port, const std::string& path,
                       SteadyTime deadline) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* where = nullptr;
  if (::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &where) != 0) {
    return Error(Reaction::stop, "http_address", "not an IP address");
  }
  const Socket socket(::socket(where->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  Result<void> connected = socket.fd() < 0 ? Result<void>(system_error("connecting", errno))
                                           : connect_to(socket.fd(), *where, deadline);
  ::freeaddrinfo(where);
  TRY(std::move(connected));
  TRY(send_request(socket.fd(), path));
  TRY_ASSIGN(const std::string answer, read_answer(socket.fd(), deadline));
  return split(answer);
}

std::string reachable(const std::string& address) {
  if (address == "0.0.0.0") return "127.0.0.1";
  return address == "::" ? "::1" : address;
}

}  // namespace

Result<HttpAnswer> http_get(const std::string& address, std::uint16_t port, const std::string& path,
                            std::chrono::milliseconds patience) {
  const std::string host = reachable(address);
  auto answered = ask(host, port, path, std::chrono::steady_clock::now() + patience);
  if (answered.ok()) return answered;
  return answered.error().within("asking " + path + " of " + host + " port " + std::to_string(port));
}

}  // namespace tallymill
