#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/error.h"

namespace tallymill {

struct HttpAnswer {
  std::string status_line;  // "HTTP/1.1 200 OK"
  std::string body;
};

inline constexpr std::size_t largest_http_answer = std::size_t{1} << 20;  // More is not read.

// Asks a daemon of this machine one question; all of it, the answer included, within `patience`. An address
// that listens everywhere is asked on loopback; names are not looked up (Reaction::stop). Fails with
// Reaction::retry if nobody answers.
[[nodiscard]] Result<HttpAnswer> http_get(const std::string& address, std::uint16_t port,
                                          const std::string& path, std::chrono::milliseconds patience);

}  // namespace tallymill
