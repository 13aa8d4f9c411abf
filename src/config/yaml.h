#pragma once

#include "config/document.h"
#include "config/problems.h"
#include "config/yaml_node.h"

namespace tallymill {

inline constexpr int max_yaml_depth = 20;

// Parses a document. Everything that strict YAML for people does not need is a problem: anchors,
// aliases, merge keys, tags, duplicate keys, keys that are no text, several documents, nesting
// beyond max_yaml_depth. Null if the text could not be read to its end, or says nothing.
[[nodiscard]] YamlNodePtr parse_yaml(const Document& document, Problems& problems);

}  // namespace tallymill
