#include "config/redaction.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include "config/source_map.h"

namespace tallymill {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

// One ${NAME} without a default, which shows nothing.
bool is_variable(std::string_view text) {
  return text.size() > 3 && text.substr(0, 2) == "${" && text.find('}') == text.size() - 1 &&
         text.find(":-") == std::string_view::npos;
}

void redact_below(Document& document, const YamlNode& node, bool secret) {
  if (node.kind == YamlNode::Kind::scalar && secret && !is_variable(node.text)) {
    const auto offsets = map_to_source(document.text(), node.spot.offset, node.text);
    const std::size_t end = offsets ? offsets->back() : document.text().size();
    document.redact(node.spot.offset, std::max(end, node.spot.offset + 1));
  }
  for (const YamlNodePtr& item : node.items) redact_below(document, *item, secret);
  for (const YamlEntry& entry : node.entries) {
    const bool is_origin = entry.key == "file" || entry.key == "command";
    redact_below(document, *entry.value, is_secret_name(entry.key) || (secret && !is_origin));
  }
}

using Range = std::pair<std::size_t, std::size_t>;

// Everything behind a colon that follows a secret's name, and the lines that go on with it.
std::vector<Range> secrets_by_looks(std::string_view text) {
  std::vector<Range> found;
  std::size_t hidden_indent = std::string_view::npos;  // Of the key whose value goes on.
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    if (hidden_indent != std::string_view::npos && indent > hidden_indent) {
      found.emplace_back(begin, end);
    } else {
      hidden_indent = std::string_view::npos;
      for (std::size_t colon = line.find(':'); colon != std::string_view::npos;
           colon = line.find(':', colon + 1)) {
        const bool is_quoted = colon > 0 && (line[colon - 1] == '"' || line[colon - 1] == '\'');
        const std::string_view before = line.substr(0, colon - (is_quoted ? 1 : 0));
        if (!is_secret_name(before.substr(before.find_last_of(" {[,-\"'") + 1))) continue;
        found.emplace_back(begin + colon + 1, end);
        hidden_indent = indent;
        break;
      }
    }
    begin = end + 1;
  }
  return found;
}

// "user:password" of "scheme://user:password@host".
void redact_addresses(Document& document) {
  const std::string_view text = document.text();
  for (std::size_t at = text.find("://"); at != std::string_view::npos; at = text.find("://", at + 3)) {
    const std::size_t end = std::min(text.find_first_of(" \n,}'\"", at), text.size());
    const std::size_t sign = text.substr(0, end).rfind('@');
    if (sign != std::string_view::npos && sign > at + 3) document.redact(at + 3, sign);
  }
}

}  // namespace

bool is_secret_name(std::string_view key) {
  constexpr std::array parts = {"password", "passwd", "secret", "token", "jaas", ".pem", "passphrase"};
  const std::string name = lower(key);
  if (name == "dsn" || name == "sasl.oauthbearer.config") return true;
  return std::any_of(parts.begin(), parts.end(), [&name](const char* part) {
    return name.find(part) != std::string::npos;
  });
}

bool may_be_secret(const Document& document, std::size_t offset) {
  const std::vector<Range> ranges = secrets_by_looks(document.text());
  return std::any_of(ranges.begin(), ranges.end(), [offset](const Range& range) {
    return range.first <= offset && offset < range.second;
  });
}

bool holds_literal_secret(const YamlNode& node, bool secret) {
  if (node.kind == YamlNode::Kind::scalar) {
    const bool is_dsn = node.path == "postgres.dsn";
    return secret && (is_dsn ? holds_password(node.text) : node.text.find("${") == std::string::npos);
  }
  for (const YamlEntry& entry : node.entries) {
    const bool is_origin = entry.key == "file" || entry.key == "command";
    if (holds_literal_secret(*entry.value, is_secret_name(entry.key) || (secret && !is_origin)))
      return true;
  }
  return std::any_of(node.items.begin(), node.items.end(), [secret](const YamlNodePtr& item) {
    return holds_literal_secret(*item, secret);
  });
}

bool holds_password(std::string_view dsn) {
  if (dsn.find("password") != std::string_view::npos) return true;
  const std::size_t scheme = dsn.find("://");
  if (scheme == std::string_view::npos) return false;
  const std::string_view rest = dsn.substr(scheme + 3);
  const std::size_t sign = rest.rfind('@');
  return sign != std::string_view::npos && rest.substr(0, sign).find(':') != std::string_view::npos;
}

void redact_secrets(Document& document, const YamlNode* root) {
  if (root != nullptr) {
    redact_below(document, *root, false);
  } else {
    for (const auto& [begin, end] : secrets_by_looks(document.text())) document.redact(begin, end);
  }
  redact_addresses(document);
}

}  // namespace tallymill
