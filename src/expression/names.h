#pragma once

// Names that mean something on their own: the record's metadata, and words that CEL reserves.

#include <array>
#include <string_view>

#include "expression/ast.h"

namespace tallymill::expression {

struct Metadata {
  std::string_view name;
  Node::Binding binding;
  Type type;
  bool optional;
  std::string_view documentation;
};

inline constexpr std::array<Metadata, 6> metadata = {{
    {"_topic", Node::Binding::topic, Type::string, false, "The topic that the record is in."},
    {"_partition", Node::Binding::partition, Type::int64, false, "The record's partition."},
    {"_offset", Node::Binding::offset, Type::int64, false, "The record's offset."},
    {"_timestamp", Node::Binding::timestamp, Type::timestamp, false,
     "The record's own Kafka timestamp."},
    {"_key", Node::Binding::key, Type::string, true,
     "The record's key as text; null if it has none."},
    {"_headers", Node::Binding::headers, Type::string, true,
     "_headers[\"name\"] is a header as text, the last of that name; missing if there is none, "
     "null if it has no value."},
}};

// Returns null if there is no such metadata.
[[nodiscard]] constexpr const Metadata* find_metadata(std::string_view name) {
  for (const Metadata& entry : metadata)
    if (entry.name == name) return &entry;
  return nullptr;
}

// No field of such a name can be written without backticks.
[[nodiscard]] constexpr bool is_reserved_word(std::string_view word) {
  constexpr std::string_view words[] = {
      "true", "false", "null", "in",  // These are part of the language; CEL keeps the others:
      "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
      "package", "namespace", "return", "var", "void", "while"};
  for (std::string_view reserved : words)
    if (reserved == word) return true;
  return false;
}

}  // namespace tallymill::expression
