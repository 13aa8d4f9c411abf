#pragma once

// Finding what must not be shown: values of keys whose names say so, and passwords in addresses.

#include <cstddef>
#include <string_view>

#include "config/document.h"
#include "config/yaml_node.h"

namespace tallymill {

// Whether a key of this name holds a secret: password, sasl.jaas.config, dsn, ...
[[nodiscard]] bool is_secret_name(std::string_view key);

// Whether a secret is written out somewhere below the node. `secret`: the node itself is one.
[[nodiscard]] bool holds_literal_secret(const YamlNode& node, bool secret = false);

// A connection string with a password in it.
[[nodiscard]] bool holds_password(std::string_view dsn);

// Whether a secret may stand at this byte, by the looks of the text alone: behind the name of one,
// or on the lines that go on with its value.
[[nodiscard]] bool may_be_secret(const Document& document, std::size_t offset);

// Hides the secrets that are written out in the document from its excerpts. `root` is null if the
// text could not be parsed; then whatever might be a secret is hidden.
void redact_secrets(Document& document, const YamlNode* root);

}  // namespace tallymill
