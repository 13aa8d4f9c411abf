#include "config/plaintext.h"

#include <algorithm>
#include <string>

namespace tallymill {
namespace {

bool is_local(std::string_view host) {
  return host.empty() || host[0] == '/' || host[0] == '@' || host == "localhost" || host == "::1" ||
         host == "[::1]" || host.substr(0, 4) == "127." || host.substr(0, 3) == "%2F" ||
         host.substr(0, 3) == "%2f";
}

// Without ":port"; brackets of an IPv6 address stay.
std::string_view host_of(std::string_view address) {
  const std::size_t scheme = address.find("://");
  if (scheme != std::string_view::npos) address.remove_prefix(scheme + 3);
  if (address.substr(0, 1) == "[") return address.substr(0, address.find(']') + 1);
  return address.substr(0, address.find(':'));
}

bool has_remote_host(std::string_view list) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view address = list.substr(0, comma);
    while (!address.empty() && address.front() == ' ') address.remove_prefix(1);
    if (!is_local(host_of(address))) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

// The value of `name` in "name=value other='value'"; a URI's parameters have & between them.
std::string_view parameter(std::string_view text, std::string_view name) {
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const bool starts = at == 0 || text[at - 1] == ' ' || text[at - 1] == '?' || text[at - 1] == '&';
    std::size_t sign = at + name.size();
    while (sign < text.size() && text[sign] == ' ') ++sign;
    if (!starts || sign >= text.size() || text[sign] != '=') continue;
    std::size_t begin = sign + 1;
    while (begin < text.size() && (text[begin] == ' ' || text[begin] == '\'')) ++begin;
    const std::size_t end = std::min(text.find_first_of(" &'", begin), text.size());
    return text.substr(begin, end - begin);
  }
  return {};
}

}  // namespace

bool has_remote_broker(std::string_view brokers) { return has_remote_host(brokers); }

bool is_remote_plaintext(std::string_view dsn) {
  const std::string_view mode = parameter(dsn, "sslmode");
  if (mode == "require" || mode == "verify-ca" || mode == "verify-full") return false;
  const std::size_t scheme = dsn.find("://");
  if (scheme == std::string_view::npos) {
    return has_remote_host(parameter(dsn, "host")) || has_remote_host(parameter(dsn, "hostaddr"));
  }
  std::string_view hosts = dsn.substr(scheme + 3);
  hosts = hosts.substr(0, hosts.find_first_of("/?"));
  const std::size_t sign = hosts.rfind('@');
  if (sign != std::string_view::npos) hosts.remove_prefix(sign + 1);
  const bool elsewhere = has_remote_host(parameter(dsn, "host")) || has_remote_host(parameter(dsn, "hostaddr"));
  return has_remote_host(hosts) || elsewhere;
}

}  // namespace tallymill
