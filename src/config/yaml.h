#pragma once

#include "config/document.h"
#include "config/problems.h"
#include "config/yaml_node.h"

namespace tallymill {

// Parses a document; yaml_tree.h says what is refused. Null, with a problem, if the text could not be
// read to its end, or says nothing.
[[nodiscard]] YamlNodePtr parse_yaml(const Document& document, Problems& problems);

}  // namespace tallymill
