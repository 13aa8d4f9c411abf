// Whatever bytes come over a connection: the server answers with a status of its own or hangs up, gives
// its pages for GET and HEAD only, and goes on answering others.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "daemon/pages.h"

namespace tallymill {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

// Started once; it ends with the process.
std::uint16_t port_of_server() {
  static const auto metrics = make_metrics_registry();
  static const auto server = start_http_server(
      "127.0.0.1", 0,
      make_pages({*metrics, "fuzz", [] { return std::vector<PipelineStatus>(1); },
                  [](const std::string& name) -> std::optional<HistoryView> {
                    if (name == "one") return HistoryView();
                    return std::nullopt;
                  },
                  [] { return ReloadReport(); }}));
  require(server.ok());
  return (*server)->port();
}

// Sends all and returns what comes back, until the server hangs up or says nothing more for a moment: of
// half a request it waits for the rest, as long as its deadline allows.
std::string exchange(std::string_view request) {
  const int end = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port_of_server());
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  require(end >= 0 && connect(end, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0);
  const timeval moment{0, 100'000};
  setsockopt(end, SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof moment);
  (void)!send(end, request.data(), request.size(), MSG_NOSIGNAL);
  shutdown(end, SHUT_WR);
  std::string answer;
  char part[4096];
  for (ssize_t got = 0; (got = recv(end, part, sizeof part, 0)) > 0;) {
    answer.append(part, static_cast<std::size_t>(got));
  }
  close(end);
  return answer;
}

int status_of(std::string_view answer) {
  require(answer.starts_with("HTTP/1.") && answer.size() >= 12);
  return std::atoi(std::string(answer.substr(9, 3)).c_str());
}

void try_request(std::string_view request) {
  static const std::set<int> known = {100, 200, 400, 404, 405, 408, 411, 413, 414, 431, 500, 501, 503, 505};
  const std::string answer = exchange(request);
  if (!answer.empty()) {
    const int status = status_of(answer);
    require(known.contains(status));
    const bool reads = request.find("GET ") != std::string_view::npos ||
                       request.find("HEAD ") != std::string_view::npos;
    if (status == 200) require(reads);
  }
  const std::string after = exchange("GET /healthz HTTP/1.0\r\n\r\n");
  require(status_of(after) == 200 && after.ends_with("alive\n"));
}

}  // namespace
}  // namespace tallymill

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tallymill::try_request({reinterpret_cast<const char*>(data), size});
  return 0;
}
