#pragma once

// Which parts of a configuration file are secret, so that no message shows them, and so that whoever
// writes them into a file that everybody may read is warned.

#include <cstddef>

#include "config/document.h"
#include "config/yaml_node.h"

namespace tallymill {

// Whether a secret is written out somewhere below the root.
[[nodiscard]] bool holds_literal_secret(const YamlNode& root);

// Whether a secret may stand at this byte, by the looks of the text alone: behind the name of one,
// or on the lines that go on with its value.
[[nodiscard]] bool may_be_secret(const Document& document, std::size_t offset);

// Hides the secrets that are written out in the document from its excerpts. `root` is null if the
// text could not be parsed; `damaged` says that the tree lacks something. Then whatever looks like a
// secret is hidden, too.
void redact_secrets(Document& document, const YamlNode* root, bool damaged);

}  // namespace tallymill
