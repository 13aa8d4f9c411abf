#include "config/expand.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

namespace tallymill {
namespace {

bool is_variable_name(std::string_view name) {
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0])) != 0) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  });
}

}  // namespace

Parsed<Expanded> expand(std::string_view text, const Environment& environment) {
  using Result = Parsed<Expanded>;
  Expanded expanded;
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at, 3) == "$${") {
      expanded.text += "${";
      expanded.changed = true;
      at += 3;
      continue;
    }
    if (text.substr(at, 2) != "${") {
      expanded.text += text[at++];
      continue;
    }
    const std::size_t end = text.find('}', at);
    if (end == std::string_view::npos) {
      return Result::wrong("has a ${ without }; for the characters themselves, write $${");
    }
    const std::string_view inner = text.substr(at + 2, end - at - 2);
    const std::size_t split = inner.find(":-");
    const std::string name(inner.substr(0, split));
    if (inner.find("${") != std::string_view::npos) {
      return Result::wrong("has a ${...} inside the default of another, where it is not replaced; write "
                           "the default out");
    }
    if (!is_variable_name(name)) {
      return Result::wrong("has a ${...} that names no variable; write ${NAME} or "
                           "${NAME:-default}, or $${ for the characters themselves");
    }
    std::optional<std::string> value = environment(name);
    const bool has_default = split != std::string_view::npos;
    if (has_default && (!value || value->empty())) value = std::string(inner.substr(split + 2));
    if (!value) {
      return Result::wrong("needs the environment variable " + name +
                           ", which is not set; set it, or write ${" + name + ":-default}");
    }
    expanded.text += *value;
    expanded.changed = true;
    expanded.whole = at == 0 && end + 1 == text.size();
    at = end + 1;
  }
  return Result::of(std::move(expanded));
}

}  // namespace tallymill
