#pragma once

#include "config/loading.h"
#include "config/yaml_node.h"

namespace tallymill {

// What a pipeline says, and below it what it inherits: mappings are merged key by key as far as
// the table of keys knows them as sections or names; any other value replaces the inherited one.
[[nodiscard]] YamlNodePtr inherit(const YamlNodePtr& pipeline, const YamlNodePtr& defaults);

// Reports the keys that only a pipeline itself can have.
void check_defaults(const YamlNode& defaults, Loading& loading);

}  // namespace tallymill
