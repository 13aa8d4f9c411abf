#pragma once

#include <string>

#include "config/yaml_node.h"

namespace tallymill {

// A YAML value as JSON: true, false, null and what is a number in JSON are what they look like, unless
// they stand in quotes; everything else is text.
[[nodiscard]] std::string json_text(const YamlNode& node);

}  // namespace tallymill
