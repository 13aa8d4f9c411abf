#pragma once

// The expression language: the subset of CEL that docs/configuration.md lists. Text becomes a
// tree of nodes (parser.h); typing.h gives each node its type and binds its names; program.h
// evaluates it. A node keeps the place it came from, so that every problem can point at it.

#include <cstddef>
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
  literal,      // `value`; a string's text is `text`, a number's `text` is its spelling.
  path,         // a, a.b, a["b c"]: `parts`.
  unary,        // `text` is the operator: "!" or "-".
  binary,       // `text` is the operator. Two operands; && and || have two or more, because
                // a && b && c is one node.
  conditional,  // a ? b : c
  list,         // [a, b]: the right side of `in`.
  call,         // `text` is the function; has(), size(), count() ...; x.startsWith(y) is
                // startsWith(x, y).
  lookup,       // lookup(name, key).column: `parts` is {name, column}, operand 0 the key.
};

// Nesting that the parser accepts, and therefore the depth of every tree.
inline constexpr int max_depth = 64;

struct Node;
using NodePtr = std::shared_ptr<Node>;

// Never copied: a string literal's `value` points into its own `text`.
struct Node {
  Node() = default;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  NodeKind kind = NodeKind::literal;
  Span span;
  std::string text;
  Value value;
  std::vector<std::string> parts;
  std::vector<Span> part_spans;  // The place of each of `parts`.
  std::vector<NodePtr> operands;
  int depth = 1;              // Of the tree below, this node included.
  bool member_call = false;   // A call written x.f(y); the receiver is operand 0.
  bool escaped = false;       // A path whose root stands in backticks: always a field.

  // Set by typing.
  enum class Binding : std::uint8_t {
    none, field, derive, topic, partition, offset, timestamp, key, headers
  };
  // A numeric literal's `value` is of this type, too, once typed.
  Type type = Type::missing;
  bool optional = false;      // The value may be null or missing (a nullable group key, say).
  Binding binding = Binding::none;
  std::size_t index = 0;      // Of the field, the derive, or the lookup.
  std::size_t slot = 0;       // Of a lookup's column: index into LookupBinding::columns.
};

// The one spelling of a tree, independent of white space, quotes and redundant parentheses: what
// fingerprints are made of. The same before and after typing; it parses to the same tree.
[[nodiscard]] std::string canonical_text(const Node& node);

}  // namespace tallymill::expression
