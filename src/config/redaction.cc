#include "config/redaction.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "config/keys.h"
#include "config/secret_looks.h"
#include "config/secret_names.h"
#include "config/source_map.h"
#include "expression/nearest.h"

namespace tallymill {
namespace {

enum class Secrecy {
  open,
  hidden,  // May hold a secret, or not: not shown.
  secret,
};

struct Inside {
  std::string table_path;  // Row of the table of keys; "?" where there is none.
  Secrecy secrecy = Secrecy::open;
};

bool names_are_the_users(const std::string& table_path) {
  const Key* key = find_key(table_path);
  return key != nullptr && (key->kind == KeyKind::named || key->kind == KeyKind::group_by);
}

// {file: ...} and {command: ...} lead to a secret, and are none.
bool leads_to_secret(std::string_view key) { return key == "file" || key == "command"; }

// What an entry's value is, by where it stands and what it is called.
Inside below(const Inside& parent, const std::string& key) {
  if (parent.secrecy != Secrecy::open) {
    return {"?", leads_to_secret(key) ? Secrecy::open : parent.secrecy};
  }
  if (parent.table_path == "kafka.options") {
    return {"?", is_secret_name(key) ? Secrecy::secret : Secrecy::hidden};
  }
  // Names that the user chooses say nothing: a pipeline token_usage is no secret.
  if (names_are_the_users(parent.table_path)) return {parent.table_path + ".*", Secrecy::open};
  const std::string path = parent.table_path.empty() ? key : parent.table_path + "." + key;
  if (const Key* row = find_key(path); row != nullptr && key != "*") {
    return {path, row->kind == KeyKind::secret ? Secrecy::secret : Secrecy::open};
  }
  if (is_secret_name(key)) return {"?", Secrecy::secret};
  return {"?", resembles_secret_name(key) ? Secrecy::hidden : Secrecy::open};
}

// One ${NAME} without a default, which shows nothing.
bool is_variable(std::string_view text) {
  return text.size() > 3 && text.substr(0, 2) == "${" && text.find('}') == text.size() - 1 &&
         text.find(":-") == std::string_view::npos;
}

void redact_scalar(Document& document, std::size_t begin, std::string_view text) {
  const auto offsets = map_to_source(document.text(), begin, text);
  const std::size_t end = offsets ? offsets->back() : document.text().size();
  document.redact(begin, std::max(end, begin + 1));
}

void redact_below(Document& document, const YamlNode& node, const Inside& inside) {
  const bool is_secret = inside.secrecy != Secrecy::open;
  if (node.kind == YamlNode::Kind::scalar && is_secret && !is_variable(node.text)) {
    redact_scalar(document, node.spot.offset, node.text);
  }
  for (const YamlNodePtr& item : node.items) redact_below(document, *item, inside);
  for (const YamlEntry& entry : node.entries) {
    // `password: hunter2: x` makes a key of the password.
    constexpr std::array<std::string_view, 2> forms = {"file", "command"};
    if (is_secret && !expression::nearest(entry.key, forms)) {
      redact_scalar(document, entry.key_spot.offset, entry.key);
    }
    redact_below(document, *entry.value, below(inside, entry.key));
  }
}

// Whether it is no ${NAME}, or one with a default.
bool is_written_out(std::string_view secret) {
  return !secret.empty() && (secret.find("${") == std::string_view::npos ||
                             secret.find(":-") != std::string_view::npos);
}

// Whether a connection string holds a password, and not a ${...} for it.
bool holds_password(std::string_view dsn) {
  const auto holds = [dsn](std::size_t begin, std::size_t end) {
    return is_written_out(dsn.substr(begin, end - begin));
  };
  for (const auto& [begin, end] : secret_settings(dsn)) {
    if (holds(begin, end)) return true;
  }
  for (const auto& [begin, end] : credentials_in_addresses(dsn)) {
    const std::size_t colon = dsn.substr(0, end).find(':', begin);
    if (colon != std::string_view::npos && holds(colon + 1, end)) return true;
  }
  return false;
}

bool holds_below(const YamlNode& node, const Inside& inside) {
  if (node.kind == YamlNode::Kind::scalar) {
    if (inside.secrecy != Secrecy::secret) return false;
    return inside.table_path == "postgres.dsn" ? holds_password(node.text)
                                               : is_written_out(node.text);
  }
  for (const YamlEntry& entry : node.entries) {
    if (holds_below(*entry.value, below(inside, entry.key))) return true;
  }
  return std::any_of(node.items.begin(), node.items.end(),
                     [&inside](const YamlNodePtr& item) { return holds_below(*item, inside); });
}

void redact(Document& document, const std::vector<ByteRange>& ranges) {
  for (const auto& [begin, end] : ranges) document.redact(begin, end);
}

}  // namespace

bool holds_literal_secret(const YamlNode& root) { return holds_below(root, {"", Secrecy::open}); }

bool may_be_secret(const Document& document, std::size_t offset) {
  const std::vector<ByteRange> ranges = values_of_secrets(document.text());
  return std::any_of(ranges.begin(), ranges.end(), [offset](const ByteRange& range) {
    return range.first <= offset && offset < range.second;
  });
}

void redact_secrets(Document& document, const YamlNode* root, bool damaged) {
  if (root != nullptr) redact_below(document, *root, {"", Secrecy::open});
  if (root == nullptr || damaged) redact(document, values_of_secrets(document.text()));
  redact(document, secret_settings(document.text()));
  redact(document, credentials_in_addresses(document.text()));
}

}  // namespace tallymill
