#pragma once

// A small read-only HTTP server with deadlines and a connection cap, so that neither a slow reader
// nor a thousand idle connections can keep a scrape out.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"

namespace tallymill {

struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  // What a browser may do with it: unless a page says otherwise, nothing.
  std::string security_policy = "default-src 'none'; frame-ancestors 'none'";
};

// Answers GET and HEAD of one path; called by the server's threads, so it must be thread-safe.
// 404 for a path it does not know.
using HttpHandler = std::function<HttpResponse(const std::string& path)>;

class HttpServer {
 public:
  virtual ~HttpServer() = default;
  // The port it listens on; as asked for, or the one the system chose for port 0.
  [[nodiscard]] virtual std::uint16_t port() const = 0;
};

// Listens and serves until it is destroyed. Fails with Reaction::stop if the address cannot be had.
[[nodiscard]] Result<std::unique_ptr<HttpServer>> start_http_server(const std::string& address,
                                                                    std::uint16_t port,
                                                                    HttpHandler handler);

}  // namespace tallymill
