#include "sink/postgres/connection_settings.h"

#include <libpq-fe.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "expression/nearest.h"

namespace tallymill::postgres {
namespace {

Error not_understood(const std::string& why) {
  return {Reaction::stop, "dsn", "this is no connection string: " + why};
}

// In a URI an '@' stands once, before the host. One that is part of a password and not written %40
// moves the rest of the password into the host or the port, and from there into messages.
Result<void> check_uri(std::string_view dsn) {
  const std::size_t scheme = dsn.find("://");
  if (scheme == std::string_view::npos || !dsn.starts_with("postgres")) return {};
  const std::string_view rest = dsn.substr(scheme + 3);
  const std::size_t at = rest.find('@');
  if (at == std::string_view::npos) return {};
  if (rest.find('@', at + 1) == std::string_view::npos && rest.find_first_of("/?#") > at) return {};
  return not_understood("a user or password in a URI must have its @ : / ? # percent-encoded");
}

// The keyword that a word before a '=' is a slip of; only libpq's own are ever shown.
std::string keyword_hint(std::string_view dsn) {
  std::vector<std::string> known;
  PQconninfoOption* const options = PQconndefaults();
  for (const PQconninfoOption* each = options; each != nullptr && each->keyword != nullptr; ++each) {
    known.emplace_back(each->keyword);
  }
  PQconninfoFree(options);
  const std::vector<std::string_view> names(known.begin(), known.end());
  for (std::size_t sign = dsn.find('='); sign != std::string_view::npos; sign = dsn.find('=', sign + 1)) {
    const std::size_t space = dsn.substr(0, sign).find_last_of(" ?&");
    const std::size_t begin = space == std::string_view::npos ? 0 : space + 1;
    const std::string_view word = dsn.substr(begin, sign - begin);
    if (std::find(names.begin(), names.end(), word) != names.end()) continue;
    if (const auto meant = expression::nearest(word, names)) return "; did you mean " + std::string(*meant) + "=?";
  }
  return {};
}

Result<Keywords> parse(const Secret& dsn) {
  TRY(check_uri(dsn.reveal()));
  char* why = nullptr;
  PQconninfoOption* options = PQconninfoParse(dsn.reveal().c_str(), &why);
  if (options == nullptr) {
    // libpq's own words repeat parts of the string, which may be parts of a password.
    PQfreemem(why);
    return not_understood(
        std::string("it is neither postgresql://user:password@host:port/database nor a list of "
        "keyword=value; values with spaces stand in single quotes") +
        keyword_hint(dsn.reveal()));
  }
  Keywords keywords;
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    if (option->val != nullptr && *option->val != '\0') keywords[option->keyword] = option->val;
  }
  PQconninfoFree(options);
  return keywords;
}

// libpq's own error for a keyword that must be a number repeats its value.
Result<void> check_numbers(const Keywords& keywords) {
  for (const char* name : {"port", "connect_timeout", "keepalives", "keepalives_idle",
                           "keepalives_interval", "keepalives_count", "tcp_user_timeout"}) {
    const auto found = keywords.find(name);
    if (found == keywords.end()) continue;
    if (found->second.find_first_not_of("0123456789,") == std::string::npos) continue;
    return not_understood(std::string(name) + " is not a number");
  }
  return {};
}

// Asked for before libpq is: it says so only where it connects.
Result<void> check_sslmode(const Keywords& keywords) {
  const auto found = keywords.find("sslmode");
  if (found == keywords.end()) return {};
  for (const char* mode : {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}) {
    if (found->second == mode) return {};
  }
  return not_understood("sslmode is none of disable, allow, prefer, require, verify-ca, verify-full");
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts(1);
  for (const char c : list) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

}  // namespace

Result<std::vector<Keywords>> connection_attempts(const Secret& dsn,
                                                  const std::optional<Secret>& password) {
  TRY_ASSIGN(Keywords keywords, parse(dsn));
  TRY(check_numbers(keywords));
  TRY(check_sslmode(keywords));
  if (password && !password->empty()) keywords["password"] = password->reveal();
  keywords.try_emplace("application_name", "tallymill");
  keywords.try_emplace("client_encoding", "UTF8");
  keywords.try_emplace("target_session_attrs", "read-write");
  keywords.try_emplace("tcp_user_timeout", "10000");
  keywords.try_emplace("keepalives_idle", "30");
  keywords.try_emplace("keepalives_interval", "5");
  keywords.try_emplace("keepalives_count", "3");

  std::size_t count = 1;
  for (const char* name : {"host", "hostaddr"}) {
    if (keywords.count(name) != 0) count = std::max(count, split(keywords[name]).size());
  }
  std::vector<Keywords> attempts(count, keywords);
  for (const char* name : {"host", "hostaddr", "port"}) {
    if (keywords.count(name) == 0) continue;
    const std::vector<std::string> parts = split(keywords[name]);
    // One port may stand for all hosts.
    const bool shared = parts.size() == 1 && std::string_view(name) == "port";
    if (parts.size() != count && !shared) {
      return not_understood("hosts and ports differ in number");
    }
    for (std::size_t i = 0; i < count; ++i) attempts[i][name] = parts[shared ? 0 : i];
  }
  return attempts;
}

Result<void> check_dsn(const Secret& dsn) {
  TRY(connection_attempts(dsn, std::nullopt));
  return {};
}

}  // namespace tallymill::postgres
