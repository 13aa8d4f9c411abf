#include "daemon/health.h"

#include "daemon/http_client.h"

namespace tallymill {

Result<void> ask_health(const std::string& address, std::uint16_t port,
                        std::chrono::milliseconds patience) {
  TRY_ASSIGN(const HttpAnswer answer, http_get(address, port, "/healthz", patience));
  if (answer.status_line.rfind("HTTP/1.1 200", 0) == 0) return {};
  return Error(Reaction::retry, "unhealthy",
               "/healthz of port " + std::to_string(port) + " answered \"" + answer.status_line + "\"");
}

}  // namespace tallymill
