#include "config/secret_looks.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "config/secret_names.h"

namespace tallymill {
namespace {

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
}

// What stands behind the first colon of the line that follows a secret's name; npos if none does.
std::size_t value_of_secret(std::string_view line) {
  for (std::size_t colon = line.find(':'); colon != std::string_view::npos;
       colon = line.find(':', colon + 1)) {
    std::string_view name = line.substr(0, colon);
    while (!name.empty() && std::string_view(" \t\"'").find(name.back()) != std::string_view::npos) {
      name.remove_suffix(1);
    }
    name.remove_prefix(name.find_last_of(" \t{[,-\"'") + 1);
    if (!name.empty() && is_name_character(name[0]) && resembles_secret_name(name)) return colon + 1;
  }
  return std::string_view::npos;
}

// Where the value ends that starts behind the = at `sign`.
std::size_t end_of_setting(std::string_view text, std::size_t sign) {
  const std::size_t line_end = std::min(text.find('\n', sign), text.size());
  const std::size_t begin = text.find_first_not_of(' ', sign + 1);
  if (begin >= line_end) return line_end;
  if (text[begin] == '\'' || text[begin] == '"') {
    return std::min({text.find(text[begin], begin + 1), line_end - 1}) + 1;
  }
  return std::min(text.find_first_of(" \t\n&'\"", begin), line_end);
}

}  // namespace

std::vector<ByteRange> values_of_secrets(std::string_view text) {
  std::vector<ByteRange> found;
  std::optional<std::size_t> hidden_indent;  // Of the key whose value goes on.
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const std::size_t indent = std::min(line.find_first_not_of(" \t"), line.size());
    if (hidden_indent && indent > *hidden_indent) {
      found.emplace_back(begin, end);
    } else {
      hidden_indent.reset();
      if (const std::size_t value = value_of_secret(line); value != std::string_view::npos) {
        found.emplace_back(begin + value, end);
        hidden_indent = indent;
      }
    }
    begin = end + 1;
  }
  return found;
}

std::vector<ByteRange> secret_settings(std::string_view text) {
  std::vector<ByteRange> found;
  for (std::size_t sign = text.find('='); sign != std::string_view::npos; sign = text.find('=', sign + 1)) {
    if (text.substr(sign, 2) == "==") {
      ++sign;
      continue;
    }
    std::size_t end = sign;
    while (end > 0 && text[end - 1] == ' ') --end;
    std::size_t begin = end;
    while (begin > 0 && is_name_character(text[begin - 1])) --begin;
    if (is_secret_name(text.substr(begin, end - begin))) {
      found.emplace_back(sign + 1, end_of_setting(text, sign));
    }
  }
  return found;
}

std::vector<ByteRange> credentials_in_addresses(std::string_view text) {
  std::vector<ByteRange> found;
  for (std::size_t at = text.find("://"); at != std::string_view::npos; at = text.find("://", at + 3)) {
    const std::size_t end = std::min(text.find_first_of(" \n,}'\"", at), text.size());
    const std::size_t sign = text.substr(0, end).rfind('@');
    if (sign != std::string_view::npos && sign > at + 3) found.emplace_back(at + 3, sign);
  }
  return found;
}

bool holds_secret(std::string_view text) {
  return !secret_settings(text).empty() || !credentials_in_addresses(text).empty();
}

}  // namespace tallymill
