#pragma once

// One value of the configuration as it stands in the file, and how a problem with it is told.

#include <optional>
#include <string>
#include <string_view>

#include "config/loading.h"
#include "config/spec.h"
#include "config/yaml_node.h"

namespace tallymill {

// A scalar with its variables replaced.
struct Scalar {
  std::string text;
  std::string shown;      // For messages: never what a variable holds.
  bool plain = true;      // Not in quotes, or wholly a variable's: may be a number.
  bool in_place = true;   // Nothing was replaced: the text stands in the file.
};

// Reads a value that must be a scalar; `what` says of which kind ("duration"). Nothing, with a
// problem, if it is none.
[[nodiscard]] std::optional<Scalar> read_scalar(const YamlNode& node, std::string_view what,
                                                Loading& loading);
[[nodiscard]] std::optional<SecretSource> read_secret(const YamlNode& node, Loading& loading);
// A text as messages show it: not too long.
[[nodiscard]] std::string shown_text(std::string_view text);
// An unknown key as messages show it: a character that looks like another, or like nothing, is named.
[[nodiscard]] std::string shown_key(std::string_view key);
// "pipelines.ads.interval: " and what is wrong.
void report(const YamlNode& node, std::string_view problem, Loading& loading);
// The same with the value before the problem, a predicate.
void report_value(const YamlNode& node, const Scalar& scalar, std::string_view problem,
                  Loading& loading);

// How what stands there would be a list, for the end of a message.
[[nodiscard]] std::string list_hint(const YamlNode& node);

}  // namespace tallymill
