#include "config/secret_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "expression/nearest.h"

namespace tallymill {

bool is_secret_name(std::string_view key) {
  constexpr std::array parts = {"password", "passwd", "secret", "token", "jaas", ".pem", "passphrase"};
  std::string name(key);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (name == "dsn" || name == "sasl.oauthbearer.config") return true;
  return std::any_of(parts.begin(), parts.end(), [&name](const char* part) {
    return name.find(part) != std::string::npos;
  });
}

bool resembles_secret_name(std::string_view key) {
  constexpr std::array<std::string_view, 6> names = {"dsn",    "password", "passwd",
                                                     "secret", "token",    "passphrase"};
  // Of "sasl.pasword" only what stands behind the point.
  const std::string_view word = key.substr(key.rfind('.') + 1);
  return is_secret_name(key) || expression::nearest(word, names).has_value();
}

}  // namespace tallymill
