#pragma once

// What YAML does to expressions: some characters mean something to YAML unless the expression
// stands in quotes. Whoever walks into this is told so, with the quoted form to copy.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "config/document.h"

namespace tallymill {

// `text` as a YAML scalar in quotes.
[[nodiscard]] std::string quoted(std::string_view text);

// Whether the text looks like a key and a value that nothing parts: "interval:5s".
[[nodiscard]] bool lacks_space_behind_colon(std::string_view text);

struct YamlTrap {
  Spot spot;  // Where the value starts that belongs into quotes.
  std::string message;
};

// The trap that explains a syntax error at `offset`, if there is one on its line or the line before.
[[nodiscard]] std::optional<YamlTrap> find_yaml_trap(const Document& document, std::size_t offset);

// What a value that starts with ! was meant to be: the message for a tag at `offset`.
[[nodiscard]] std::string tag_message(const Document& document, std::size_t offset);

// For an expression that stands plain at `begin` and does not parse: the value of which YAML made
// several, if it cut it at a comma between brackets.
struct CutValue {
  std::size_t end = 0;  // Of the whole value.
  std::string message;
};
[[nodiscard]] std::optional<CutValue> find_cut_value(const Document& document, std::size_t begin,
                                                     std::string_view value);

// For an expression that stands plain at `begin` and does not parse: says that YAML cut it at " #",
// if it did. Empty if it did not.
[[nodiscard]] std::string comment_hint(const Document& document, std::size_t begin,
                                       std::string_view value);

}  // namespace tallymill
