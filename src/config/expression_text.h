#pragma once

// An expression as it stands in a file: its tree, and the way from the tree's spans to places.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "config/loading.h"
#include "config/yaml_node.h"
#include "expression/ast.h"

namespace tallymill {

struct ExpressionText {
  YamlNodePtr node;
  expression::NodePtr tree;
  std::vector<std::size_t> offsets;  // As map_to_source gives them; empty if places are lost.

  // Where a span starts; the whole value if that is not known.
  [[nodiscard]] Spot at(expression::Span span) const;
};

// Parses a value. Nothing, with a problem at its character, if it is no expression; what YAML did
// to it is recognised.
[[nodiscard]] std::optional<ExpressionText> read_expression(const YamlNodePtr& node,
                                                            Loading& loading);

// The problem with the expression's path before it, at its place.
void report(const ExpressionText& text, expression::Span span, const std::string& message,
            Loading& loading);

// A field's path, read from `text`: a, a.b, a["b c"]. Empty if it is none, or if it is metadata.
[[nodiscard]] std::vector<std::string> parse_field_path(const std::string& text);

}  // namespace tallymill
