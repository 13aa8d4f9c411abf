#pragma once

#include <string_view>

namespace tallymill {

// Whether some broker of "host:port,host:port" is on another machine.
[[nodiscard]] bool has_remote_broker(std::string_view brokers);

// Whether this connection string leads to another machine without insisting on TLS.
[[nodiscard]] bool is_remote_plaintext(std::string_view dsn);

}  // namespace tallymill
