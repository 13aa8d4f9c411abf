#include "daemon/http_server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "daemon/connection_sweep.h"

namespace tallymill {
namespace {

constexpr unsigned connection_cap = 64;
constexpr unsigned connections_per_address = 48;
constexpr unsigned idle_seconds = 5;
// Of a whole connection, its later requests included: a scraper connects anew.
constexpr auto longest_connection = std::chrono::seconds(15);
constexpr std::size_t connection_memory = std::size_t{16} << 10;
constexpr unsigned threads = 2;

class MicrohttpdServer final : public HttpServer {
 public:
  explicit MicrohttpdServer(HttpHandler handler) : handler_(std::move(handler)) {}
  ~MicrohttpdServer() override {
    if (daemon_ != nullptr) MHD_stop_daemon(daemon_);
  }
  MicrohttpdServer(const MicrohttpdServer&) = delete;
  MicrohttpdServer& operator=(const MicrohttpdServer&) = delete;

  Result<void> listen(const std::string& address, std::uint16_t port) {
    sockaddr_storage where{};
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD;
    if (!fill_address(address, port, where, flags)) {
      return Error(Reaction::stop, "http_address",
                   "http.address " + address + " is not an IP address");
    }
    daemon_ = MHD_start_daemon(
        flags, port, nullptr, nullptr, &answer, this, MHD_OPTION_SOCK_ADDR, &where,
        MHD_OPTION_CONNECTION_LIMIT, connection_cap, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        connections_per_address, MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, connection_memory, MHD_OPTION_THREAD_POOL_SIZE, threads,
        MHD_OPTION_NOTIFY_CONNECTION, &notice, this, MHD_OPTION_UNESCAPE_CALLBACK, &keep_escapes,
        nullptr, MHD_OPTION_END);
    if (daemon_ == nullptr) {
      return Error(Reaction::stop, "http_listen",
                   "listening on " + address + ":" + std::to_string(port) + ": " +
                       std::strerror(errno) + "; choose another http.port");
    }
    const MHD_DaemonInfo* info = MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_BIND_PORT);
    port_ = info != nullptr && info->port != 0 ? info->port : port;
    return {};
  }

  std::uint16_t port() const override { return port_; }

 private:
  static bool fill_address(const std::string& address, std::uint16_t port, sockaddr_storage& where,
                           unsigned& flags) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&where);
    if (inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
      v4->sin_family = AF_INET;
      v4->sin_port = htons(port);
      return true;
    }
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&where);
    if (inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) != 1) return false;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    flags |= MHD_USE_IPv6;
    return true;
  }

  // No path of ours needs one, and "/%00" shall not be "/".
  static std::size_t keep_escapes(void* /*self*/, MHD_Connection* /*connection*/, char* text) {
    return std::strlen(text);
  }

  static void notice(void* self, MHD_Connection* connection, void** /*context*/,
                     MHD_ConnectionNotificationCode code) {
    const MHD_ConnectionInfo* info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info == nullptr) return;
    ConnectionSweep& sweep = static_cast<MicrohttpdServer*>(self)->sweep_;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
      sweep.began(info->connect_fd);
    } else {
      sweep.ended(info->connect_fd);
    }
  }

  static MHD_Result answer(void* self, MHD_Connection* connection, const char* url,
                           const char* method, const char* /*version*/, const char* /*upload*/,
                           std::size_t* upload_size, void** /*request*/) {
    // An upload is neither read nor kept; the answer comes at once and closes the connection.
    *upload_size = 0;
    HttpResponse response;
    const std::string_view verb(method);
    if (verb == MHD_HTTP_METHOD_GET || verb == MHD_HTTP_METHOD_HEAD) {
      response = static_cast<MicrohttpdServer*>(self)->handler_(url);
    } else {
      response = {MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", "only GET and HEAD\n"};
    }
    MHD_Response* made = MHD_create_response_from_buffer(
        response.body.size(), response.body.data(), MHD_RESPMEM_MUST_COPY);
    if (made == nullptr) return MHD_NO;
    MHD_add_response_header(made, MHD_HTTP_HEADER_CONTENT_TYPE, response.content_type.c_str());
    MHD_add_response_header(made, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    MHD_add_response_header(made, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(made, "Content-Security-Policy", response.security_policy.c_str());
    MHD_add_response_header(made, "Referrer-Policy", "no-referrer");
    if (response.status == MHD_HTTP_METHOD_NOT_ALLOWED) {
      MHD_add_response_header(made, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
      MHD_add_response_header(made, MHD_HTTP_HEADER_CONNECTION, "close");
    }
    const MHD_Result queued = MHD_queue_response(connection, response.status, made);
    MHD_destroy_response(made);
    return queued;
  }

  HttpHandler handler_;
  ConnectionSweep sweep_{longest_connection};
  MHD_Daemon* daemon_ = nullptr;
  std::uint16_t port_ = 0;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> start_http_server(const std::string& address,
                                                      std::uint16_t port, HttpHandler handler) {
  auto server = std::make_unique<MicrohttpdServer>(std::move(handler));
  TRY(server->listen(address, port));
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace tallymill
