#include "expression/parser.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "expression/lexer.h"
#include "expression/literal.h"
#include "expression/names.h"
#include "expression/operators.h"

namespace tallymill::expression {
namespace {

// Recursive descent, one method per rule of the grammar. Each returns null once a problem was
// found; the first one is kept.
class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  std::variant<NodePtr, Problem> run() {
    if (peek().kind == TokenKind::end) return Problem{peek().span, "the expression is empty"};
    NodePtr tree = conditional();
    if (tree != nullptr && peek().kind != TokenKind::end) tree = fail(peek().span, after_end());
    if (tree == nullptr) return *problem_;
    return tree;
  }

 private:
  [[nodiscard]] const Token& peek() const { return tokens_[at_]; }
  Token take() { return tokens_[peek().kind == TokenKind::end ? at_ : at_++]; }
  bool accept(std::string_view symbol) {
    if (!peek().is(symbol)) return false;
    ++at_;
    return true;
  }

  std::nullptr_t fail(Span span, std::string message) {
    if (!problem_) problem_ = Problem{span, std::move(message)};
    return nullptr;
  }
  bool expect(std::string_view symbol, std::string_view why) {
    if (accept(symbol)) return true;
    fail(peek().span, std::string(symbol) + " is missing here" + std::string(why));
    return false;
  }

  // What to say of a token that stands where an operator or the end should.
  [[nodiscard]] std::string after_end() const {
    const Token& token = peek();
    if (token.is_word("and") || token.is_word("AND")) return "for \"and\", write &&";
    if (token.is_word("or") || token.is_word("OR")) return "for \"or\", write ||";
    if (token.is_word("not") || token.is_word("NOT")) return "for \"not in\", write !(a in [...])";
    if (token.is_word("is") || token.is_word("IS"))
      return "to ask for null, write == null or != null";
    if (token.is_word("like") || token.is_word("LIKE"))
      return "for \"like\", write a.startsWith(b), a.contains(b) or a.matches(b)";
    if (token.kind == TokenKind::symbol)
      return token.text + " cannot stand here; the expression is complete before it";
    return "an operator is missing before this";
  }

  // Counts the levels of recursion for as long as it lives.
  class Level {
   public:
    explicit Level(int& level) : level_(level) { ++level_; }
    ~Level() { --level_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    int& level_;
  };
  bool too_deep() {
    if (level_ <= 2 * max_depth) return false;  // Each nested part passes two of them.
    fail(peek().span, depth_message());
    return true;
  }
  static std::string depth_message() {
    return "the expression is nested more than " + std::to_string(max_depth) +
           " deep; give a part of it a name under derive";
  }

  NodePtr make(NodeKind kind, Span span, std::string text, std::vector<NodePtr> operands = {}) {
    int depth = 0;
    for (const NodePtr& operand : operands) depth = std::max(depth, operand->depth);
    if (depth >= max_depth) return fail(span, depth_message());
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->span = span;
    node->text = std::move(text);
    node->operands = std::move(operands);
    node->depth = depth + 1;
    return node;
  }

  NodePtr conditional() {
    Level level(level_);
    if (too_deep()) return nullptr;
    NodePtr condition = binary(1);
    if (condition == nullptr || !accept("?")) return condition;
    NodePtr yes = binary(1);
    if (yes != nullptr && peek().is("?"))
      return fail(peek().span, "a conditional between ? and : stands in parentheses");
    if (yes == nullptr || !expect(":", "; a conditional is written a ? b : c")) return nullptr;
    NodePtr no = conditional();
    if (no == nullptr) return nullptr;
    Span span{condition->span.begin, no->span.end};
    return make(NodeKind::conditional, span, "?", {condition, yes, no});
  }

  // The operator at the next token, if it is one.
  [[nodiscard]] const BinaryOperator* next_operator() const {
    if (peek().kind != TokenKind::symbol && !peek().is_word("in")) return nullptr;
    return find_binary_operator(peek().text);
  }

  NodePtr binary(int at_least) {
    NodePtr left = unary();
    while (left != nullptr) {
      const BinaryOperator* op = next_operator();
      if (op == nullptr || op->precedence < at_least) break;
      Span symbol = take().span;
      if (peek().is(">") && op->text == "<")
        return fail({symbol.begin, peek().span.end}, "for \"not equal\", write !=");
      NodePtr right = binary(op->precedence + 1);
      if (right == nullptr) return nullptr;
      left = join(*op, std::move(left), std::move(right));
    }
    return left;
  }

  // a && b && c is one node, however it is grouped: && and || are associative.
  NodePtr join(const BinaryOperator& op, NodePtr left, NodePtr right) {
    Span span{left->span.begin, right->span.end};
    auto same = [&op](const NodePtr& side) {
      return (op.text == "&&" || op.text == "||") && side->kind == NodeKind::binary &&
             side->text == op.text;
    };
    if (!same(left)) left = make(NodeKind::binary, span, std::string(op.text), {left});
    if (left == nullptr) return nullptr;
    left->span = span;
    std::vector<NodePtr> added{right};
    if (same(right)) added = right->operands;
    for (NodePtr& operand : added) {
      if (operand->depth >= max_depth) return fail(span, depth_message());
      left->depth = std::max(left->depth, operand->depth + 1);
      left->operands.push_back(std::move(operand));
    }
    return left;
  }

  NodePtr unary() {
    Level level(level_);
    if (too_deep()) return nullptr;
    if (peek().is_word("not") || peek().is_word("NOT"))
      return fail(peek().span, "for \"not\", write !");
    if (!peek().is("!") && !peek().is("-")) return postfix();
    Token op = take();
    // The smallest int64 is a number only together with its sign.
    if (op.text == "-" && peek().kind == TokenKind::integer) {
      NodePtr number = primary_number(op.span.begin, "-");
      return number == nullptr ? nullptr : postfix_of(std::move(number), op.span.begin);
    }
    NodePtr operand = unary();
    if (operand == nullptr) return nullptr;
    Span span{op.span.begin, operand->span.end};
    if (op.text == "-" && is_numeric_literal(*operand)) {
      if (auto value = read_number(negate_spelling(operand->text))) {
        NodePtr number = make(NodeKind::literal, span, negate_spelling(operand->text));
        number->value = *value;
        return number;
      }
    }
    return make(NodeKind::unary, span, op.text, {operand});
  }

  NodePtr postfix() {
    std::size_t begin = peek().span.begin;
    NodePtr node = primary();
    return node == nullptr ? nullptr : postfix_of(std::move(node), begin);
  }

  NodePtr postfix_of(NodePtr node, std::size_t begin) {
    for (;;) {
      if (accept(".")) {
        Token name = take();
        if (name.is("?")) return fail(name.span, "optional fields come in a later version");
        if (name.kind != TokenKind::identifier && name.kind != TokenKind::quoted_identifier)
          return fail(name.span, "a field's name is missing after the point");
        bool is_call = name.kind == TokenKind::identifier && peek().is("(");
        node = is_call ? member_call(std::move(node), name, begin) : select(std::move(node), name);
      } else if (peek().is("[")) {
        node = index(std::move(node));
      } else {
        return node;
      }
      if (node == nullptr) return nullptr;
    }
  }

  NodePtr select(NodePtr node, const Token& name) {
    if (node->kind != NodeKind::path)
      return fail(name.span, "only a field has parts; this is none");
    node->parts.push_back(name.text);
    node->part_spans.push_back(name.span);
    if (node->parts.size() > max_depth) return fail(name.span, depth_message());
    node->span.end = name.span.end;
    return node;
  }

  NodePtr index(NodePtr node) {
    Token open = take();
    Token name = take();
    if (name.kind == TokenKind::integer)
      return fail(name.span, "elements of lists come in a later version");
    if (name.kind != TokenKind::string)
      return fail(name.span, "a field's name in quotes is missing here, as in a[\"b c\"]");
    if (!peek().is("]")) return fail(peek().span, "] is missing here");
    Span span{open.span.begin, take().span.end};
    name.span = span;
    return select(std::move(node), name);
  }

  // What stands between parentheses or brackets, up to and with `close`.
  bool arguments(std::string_view close, std::vector<NodePtr>& out) {
    if (accept(close)) return true;
    for (;;) {
      NodePtr argument = conditional();
      if (argument == nullptr) return false;
      out.push_back(std::move(argument));
      if (accept(close)) return true;
      if (!accept(",")) {
        fail(peek().span, std::string(close) + " or a comma is missing here");
        return false;
      }
      if (close == "]" && accept(close)) return true;  // CEL allows a comma behind the last.
    }
  }

  NodePtr member_call(NodePtr receiver, const Token& name, std::size_t begin) {
    take();
    std::vector<NodePtr> operands{std::move(receiver)};
    if (!arguments(")", operands)) return nullptr;
    NodePtr node = make(NodeKind::call, {begin, previous_end()}, name.text, std::move(operands));
    if (node == nullptr) return nullptr;
    node->member_call = true;
    node->part_spans.push_back(name.span);
    return node;
  }

  NodePtr call(const Token& name) {
    take();
    if (name.text == "lookup") return lookup(name);
    if (peek().is("*")) return fail(peek().span, "there is no *; to count all records, write count()");
    std::vector<NodePtr> operands;
    if (!arguments(")", operands)) return nullptr;
    Span span{name.span.begin, previous_end()};
    NodePtr node = make(NodeKind::call, span, name.text, std::move(operands));
    if (node != nullptr) node->part_spans.push_back(name.span);
    return node;
  }

  // Behind "lookup(". The name is no expression, so that it need not be put in quotes.
  NodePtr lookup(const Token& word) {
    constexpr std::string_view form = "; it is written lookup(name, key).column";
    Token name = take();
    if (name.kind != TokenKind::identifier && name.kind != TokenKind::quoted_identifier &&
        name.kind != TokenKind::string)
      return fail(name.span, "the lookup's name is missing here" + std::string(form));
    if (!expect(",", form)) return nullptr;
    NodePtr key = conditional();
    if (key == nullptr || !expect(")", form)) return nullptr;
    Token column;
    if (accept(".")) {
      column = take();
      if (column.kind != TokenKind::identifier && column.kind != TokenKind::quoted_identifier)
        return fail(column.span, "the column's name is missing after the point");
    } else if (accept("[")) {
      column = take();
      if (column.kind != TokenKind::string)
        return fail(column.span, "the column's name in quotes is missing here");
      if (!expect("]", "")) return nullptr;
    } else {
      return fail({word.span.begin, previous_end()},
                  "the column is missing after lookup()" + std::string(form));
    }
    Span span{word.span.begin, previous_end()};
    NodePtr node = make(NodeKind::lookup, span, "lookup", {key});
    if (node == nullptr) return nullptr;
    node->parts = {name.text, column.text};
    node->part_spans = {name.span, column.span};
    return node;
  }

  [[nodiscard]] std::size_t previous_end() const { return tokens_[at_ - 1].span.end; }

  NodePtr literal(const Token& token, Value value) {
    NodePtr node = make(NodeKind::literal, token.span, token.text);
    node->value = value;
    return node;
  }

  NodePtr primary_number(std::size_t begin, std::string_view sign) {
    Token token = take();
    token.span.begin = begin;
    token.text.insert(0, sign);
    if (auto value = read_number(token.text)) return literal(token, *value);
    if (token.kind == TokenKind::floating)
      return fail(token.span, "the number is beyond what a double holds");
    return fail(token.span, "the number does not fit into 64 bits; write decimal(\"...\")");
  }

  NodePtr primary() {
    const Token& token = peek();
    switch (token.kind) {
      case TokenKind::integer:
      case TokenKind::floating: return primary_number(token.span.begin, "");
      case TokenKind::string: {
        NodePtr node = literal(take(), Value::null());
        node->value = Value::of(std::string_view(node->text));
        return node;
      }
      case TokenKind::identifier:
      case TokenKind::quoted_identifier: return name();
      case TokenKind::end: return fail(token.span, "the expression ends too early");
      case TokenKind::symbol: break;
    }
    std::size_t begin = token.span.begin;
    if (accept("(")) {
      NodePtr inner = conditional();
      if (inner == nullptr || !expect(")", "")) return nullptr;
      inner->span = {begin, previous_end()};
      return inner;
    }
    if (accept("[")) {
      std::vector<NodePtr> elements;
      if (!arguments("]", elements)) return nullptr;
      return make(NodeKind::list, {begin, previous_end()}, "[]", std::move(elements));
    }
    if (token.is("{")) return fail(token.span, "maps come in a later version");
    if (token.is(".")) return fail(token.span, "a field is written without a point before it");
    return fail(token.span, "a value is missing before " + token.text);
  }

  NodePtr name() {
    Token token = take();
    bool escaped = token.kind == TokenKind::quoted_identifier;
    if (token.is_word("true") || token.is_word("false"))
      return literal(token, Value::of(token.text == "true"));
    if (token.is_word("null")) return literal(token, Value::null());
    if (!escaped && is_reserved_word(token.text))
      return fail(token.span, token.text + " is a reserved word; a field of this name is written " +
                                  '`' + token.text + '`');
    if (!escaped && peek().is("(")) return call(token);
    NodePtr node = make(NodeKind::path, token.span, "");
    node->parts.push_back(token.text);
    node->part_spans.push_back(token.span);
    node->escaped = escaped;
    return node;
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int level_ = 0;
  std::optional<Problem> problem_;
};

}  // namespace

std::variant<NodePtr, Problem> parse(std::string_view text) {
  if (text.size() > max_expression_bytes)
    return Problem{{0, text.size()}, "the expression is longer than " +
                                         std::to_string(max_expression_bytes) + " bytes"};
  auto tokens = tokenize(text);
  if (auto* problem = std::get_if<Problem>(&tokens)) return *problem;
  return Parser(std::get<std::vector<Token>>(std::move(tokens))).run();
}

}  // namespace tallymill::expression
