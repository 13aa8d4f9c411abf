#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/error.h"

namespace tallymill {

// Asks a running daemon's /healthz, so that a container needs no other program to watch it. An error
// says what was wrong: nobody listens, no answer within `patience`, or an answer that is not 200.
//
// `address` is an IP address, as in the configuration's `http` section; an address that only means
// "all of this machine's" (0.0.0.0, ::) is asked on loopback.
[[nodiscard]] Result<void> ask_health(const std::string& address, std::uint16_t port,
                                      std::chrono::milliseconds patience);

}  // namespace tallymill
