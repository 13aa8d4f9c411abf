#include <utility>

#include "base/check.h"
#include "expression/literal.h"
#include "expression/operation.h"
#include "expression/utf8.h"
#include "model/reason.h"

namespace tallymill::expression {
namespace {

class Constant final : public Operation {
 public:
  explicit Constant(const Value& value) : value_(value) {
    if (!value.is(Type::string)) return;
    text_ = value.string();
    value_ = Value::of(std::string_view(text_));
  }
  Outcome run(EvaluationContext&, Value& result) const override {
    result = value_;
    return Outcome::ok;
  }
  [[nodiscard]] const Value* constant() const override { return &value_; }

 private:
  std::string text_;
  Value value_;
};

class Promote final : public Operation {
 public:
  explicit Promote(OperationPtr operand) : operand_(std::move(operand)) {}
  Outcome run(EvaluationContext& context, Value& result) const override {
    Outcome outcome = operand_->run(context, result);
    if (outcome == Outcome::ok && result.is(Type::int64))
      result = Value::of(Decimal::from(result.int64()));
    return outcome;
  }

 private:
  OperationPtr operand_;
};

}  // namespace

OperationPtr make_constant(const Value& value) { return std::make_unique<Constant>(value); }

Type common_type(Type a, Type b) {
  if (a == b || b == Type::null) return a;
  if (a == Type::null) return b;
  bool exact = (a == Type::int64 && b == Type::decimal) || (a == Type::decimal && b == Type::int64);
  return exact ? Type::decimal : Type::missing;
}

bool is_constant(const Node& node) {
  switch (node.kind) {
    case NodeKind::literal: return true;
    case NodeKind::path:
    case NodeKind::lookup: return false;
    default: break;
  }
  for (const NodePtr& operand : node.operands)
    if (!is_constant(*operand)) return false;
  return true;
}

std::string excerpt(const Node& node) {
  constexpr std::size_t longest = 80;
  std::string text = canonical_text(node);
  if (text.size() <= longest) return text;
  return std::string(prefix(text, longest)) + "...";
}

Reject Compiler::reject(std::string_view reason, std::string detail) const {
  return {reason, name_.empty() ? std::move(detail) : name_ + ": " + detail};
}

Reject Compiler::null_operand(const Node& operand, const Node& node) const {
  return reject(reason::null_operand,
                excerpt(operand) + " is null or missing in " + excerpt(node));
}

OperationPtr Compiler::promote(OperationPtr operation) const {
  if (const Value* value = operation->constant(); value != nullptr && value->is(Type::int64))
    return make_constant(Value::of(Decimal::from(value->int64())));
  return std::make_unique<Promote>(std::move(operation));
}

OperationPtr Compiler::compile_as(const Node& node, Type type) const {
  OperationPtr operation = compile(node);
  if (type == Type::decimal && node.type == Type::int64) return promote(std::move(operation));
  return operation;
}

OperationPtr Compiler::compile(const Node& node) const {
  OperationPtr operation = compile_unfolded(node);
  if (node.kind == NodeKind::literal || !is_constant(node)) return operation;
  EvaluationContext context;
  Value value;
  // What is an error stays one for each record; typing has reported it before.
  if (operation->run(context, value) != Outcome::ok) return operation;
  return make_constant(value);
}

OperationPtr Compiler::compile_unfolded(const Node& node) const {
  switch (node.kind) {
    case NodeKind::literal: return compile_literal(node);
    case NodeKind::path: return compile_path(node);
    case NodeKind::lookup: return compile_lookup(node);
    case NodeKind::conditional: return compile_conditional(node);
    case NodeKind::call: return compile_call(node);
    case NodeKind::unary: return node.text == "!" ? compile_not(node) : compile_negation(node);
    case NodeKind::binary:
      if (node.text == "&&" || node.text == "||") return compile_logic(node);
      if (node.text == "in") return compile_in(node);
      if (node.text[0] == '=' || node.text[0] == '!' || node.text[0] == '<' || node.text[0] == '>')
        return compile_comparison(node);
      return node.type == Type::string ? compile_concatenation(node) : compile_arithmetic(node);
    case NodeKind::list: break;
  }
  CHECK(false, "typing lets a list stand only on the right of `in`");
  return nullptr;
}

OperationPtr Compiler::compile_literal(const Node& node) const { return make_constant(node.value); }

OperationPtr Compiler::compile_call(const Node& node) const {
  const Function* function = find_function(node.text);
  CHECK(function != nullptr, "typing has reported unknown functions");
  switch (function->id) {
    case FunctionId::has: return compile_has(node);
    case FunctionId::coalesce: return compile_coalesce(node);
    default: break;
  }
  if (function->is_conversion()) return compile_conversion(node, function->result);
  return compile_text(node, function->id);
}

}  // namespace tallymill::expression
