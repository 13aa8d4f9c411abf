#pragma once

// The expression language: the subset of CEL that docs/configuration.md lists. Text becomes a
// tree of nodes (parser.h); typing.h gives each node its type and binds its names; program.h
// evaluates it. A node keeps the place it came from, so that every problem can point at it.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/value.h"

namespace tallymill::expression {

// Bytes [begin, end) of the expression's text.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// What is wrong with an expression, and where.
struct Problem {
  Span span;
  std::string message;
};

enum class NodeKind : std::uint8_t {
  literal,      // `value`; a string's text is `text`.
  path,         // a, a.b, a["b c"]: `parts`.
  unary,        // `text` is the operator: "!" or "-".
  binary,       // `text` is the operator.
  conditional,  // a ? b : c
  list,         // [a, b]: the right side of `in`.
  call,         // `text` is the function; has(), size(), lookup(), count() ...; x.startsWith(y) is
                // startsWith(x, y).
  lookup,       // lookup(name, key).column: `parts` is {name, column}, operand 0 the key.
};

struct Node;
using NodePtr = std::shared_ptr<Node>;

struct Node {
  NodeKind kind = NodeKind::literal;
  Span span;
  std::string text;
  Value value;
  std::vector<std::string> parts;
  std::vector<NodePtr> operands;

  // Set by typing.
  enum class Binding : std::uint8_t { none, field, derive, topic, partition, offset, timestamp, key, headers };
  Type type = Type::missing;
  Binding binding = Binding::none;
  std::size_t index = 0;  // Of the field, the derive, or the lookup.
};

// The one spelling of a tree, independent of white space and redundant parentheses: what
// fingerprints are made of.
[[nodiscard]] std::string canonical_text(const Node& node);

}  // namespace tallymill::expression
