#include <string_view>
#include <utility>

#include "expression/ast.h"
#include "expression/literal.h"
#include "expression/names.h"
#include "expression/operators.h"
#include "model/field.h"

namespace tallymill::expression {
namespace {

std::string quoted(std::string_view text) {
  constexpr std::string_view hexadecimal = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      out += "\\x";
      out += hexadecimal[byte >> 4U];
      out += hexadecimal[byte & 0xFU];
    } else {
      out += c;
    }
  }
  return out + '"';
}

// `root_escaped`: the root may mean something else without its backticks.
std::string path_text(std::vector<std::string> parts, bool root_escaped = false) {
  std::string root;
  if (root_escaped || is_reserved_word(parts[0])) {
    root = '`' + parts[0] + '`';
    parts[0] = "_";
  }
  Field field;
  field.path = std::move(parts);
  return root.empty() ? field.str() : root + field.str().substr(1);
}

int precedence(const Node& node) {
  switch (node.kind) {
    case NodeKind::conditional: return conditional_precedence;
    case NodeKind::binary: return find_binary_operator(node.text)->precedence;
    case NodeKind::unary: return unary_precedence;
    default: return primary_precedence;
  }
}

void print(const Node& node, std::string& out);

// Prints an operand in parentheses if it binds less tightly than its place asks.
void print_operand(const Node& node, int at_least, std::string& out) {
  bool parentheses = precedence(node) < at_least;
  if (parentheses) out += '(';
  print(node, out);
  if (parentheses) out += ')';
}

void print_list(const Node& node, std::size_t first, std::string& out) {
  for (std::size_t i = first; i < node.operands.size(); ++i) {
    if (i > first) out += ", ";
    print(*node.operands[i], out);
  }
}

void print_literal(const Node& node, std::string& out) {
  switch (node.value.type()) {
    case Type::boolean: out += node.value.boolean() ? "true" : "false"; break;
    case Type::string: out += quoted(node.text); break;
    case Type::null: out += "null"; break;
    default: out += canonical_spelling(node); break;
  }
}

void print_binary(const Node& node, std::string& out) {
  int own = precedence(node);
  for (std::size_t i = 0; i < node.operands.size(); ++i) {
    if (i > 0) out += ' ' + node.text + ' ';
    print_operand(*node.operands[i], i == 0 ? own : own + 1, out);
  }
}

void print_call(const Node& node, std::string& out) {
  std::size_t first = 0;
  if (node.member_call) {
    const Node& receiver = *node.operands[0];
    // A number's sign belongs to the number: -5.f() is (-5).f().
    bool number = is_numeric_literal(receiver);
    print_operand(receiver, number ? primary_precedence + 1 : primary_precedence, out);
    out += '.';
    first = 1;
  }
  out += node.text + '(';
  print_list(node, first, out);
  out += ')';
}

void print(const Node& node, std::string& out) {
  switch (node.kind) {
    case NodeKind::literal: print_literal(node, out); break;
    case NodeKind::path:
      out += path_text(node.parts, node.escaped);
      break;
    case NodeKind::unary:
      out += node.text;
      print_operand(*node.operands[0], unary_precedence, out);
      break;
    case NodeKind::binary: print_binary(node, out); break;
    case NodeKind::conditional:
      print_operand(*node.operands[0], conditional_precedence + 1, out);
      out += " ? ";
      print_operand(*node.operands[1], conditional_precedence + 1, out);
      out += " : ";
      print(*node.operands[2], out);
      break;
    case NodeKind::list:
      out += '[';
      print_list(node, 0, out);
      out += ']';
      break;
    case NodeKind::call: print_call(node, out); break;
    case NodeKind::lookup:
      out += "lookup(" + path_text({node.parts[0]}) + ", ";
      print(*node.operands[0], out);
      out += ')';
      // Behind a root, so that a column that is no identifier is spelled as an index.
      out += path_text({"_", node.parts[1]}).substr(1);
      break;
  }
}

}  // namespace

std::string canonical_text(const Node& node) {
  std::string out;
  print(node, out);
  return out;
}

}  // namespace tallymill::expression
