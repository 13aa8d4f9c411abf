#pragma once

#include <string>
#include <string_view>

#include "daemon/http_server.h"

namespace tallymill {

// The status page: one document that asks for nothing but this daemon's own JSON. Its policy allows
// the style and the script that it brings along, by their hashes, and nothing else.
[[nodiscard]] HttpResponse status_page();

// Base64 of SHA-256, as a security policy names a script or a style: "sha256-...".
[[nodiscard]] std::string policy_hash(std::string_view text);

}  // namespace tallymill
