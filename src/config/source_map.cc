#include "config/source_map.h"

#include <algorithm>

namespace tallymill {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Bytes of the UTF-8 character that starts with `lead`.
std::size_t character_bytes(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

std::size_t escape_bytes(char kind) { return kind == 'x' ? 4 : kind == 'u' ? 6 : kind == 'U' ? 10 : 2; }

}  // namespace

std::optional<std::vector<std::size_t>> map_to_source(std::string_view source, std::size_t begin,
                                                      std::string_view value) {
  if (begin > source.size()) return std::nullopt;
  const char style = begin < source.size() ? source[begin] : '\0';
  const bool is_block = style == '|' || style == '>';
  const bool is_quoted = style == '"' || style == '\'';
  std::size_t at = begin;
  if (is_quoted) ++at;
  if (is_block) at = std::min(source.find('\n', begin), source.size() - 1) + 1;

  std::vector<std::size_t> offsets;
  offsets.reserve(value.size() + 1);
  while (offsets.size() < value.size()) {
    const char wanted = value[offsets.size()];
    if (at >= source.size()) {
      // The file may end without the line end that a block's value has.
      if (!is_block || wanted != '\n') return std::nullopt;
      offsets.push_back(source.size());
    } else if (style == '"' && source[at] == '\\' && at + 1 < source.size()) {
      if (source[at + 1] == '\n' || source[at + 1] == '\r') {
        at += 2;
        while (at < source.size() && is_space(source[at])) ++at;
        continue;
      }
      const std::size_t bytes =
          std::min(character_bytes(wanted), value.size() - offsets.size());
      offsets.insert(offsets.end(), bytes, at);
      at += escape_bytes(source[at + 1]);
    } else if (style == '\'' && source.substr(at, 2) == "''" && wanted == '\'') {
      offsets.push_back(at);
      at += 2;
    } else if (source[at] == wanted) {
      offsets.push_back(at++);
    } else if (is_space(wanted) && is_space(source[at])) {
      offsets.push_back(at++);
    } else if (is_space(source[at])) {
      ++at;
    } else {
      return std::nullopt;
    }
  }
  if (is_quoted) {
    while (at < source.size() && is_space(source[at])) ++at;
    ++at;
  }
  offsets.push_back(std::min(at, source.size()));
  return offsets;
}

}  // namespace tallymill
