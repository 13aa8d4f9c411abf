#pragma once

#include "config/case_file.h"
#include "config/document.h"
#include "config/problems.h"
#include "config/yaml_node.h"

namespace tallymill {

// What the document says of cases. Problems are reported; what they are about is left out.
[[nodiscard]] CaseFile read_cases(const Document& document, const YamlNode& root, Problems& problems);

}  // namespace tallymill
