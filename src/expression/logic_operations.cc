// Operations that choose between others: && || ! ?: has() coalesce().

#include <algorithm>
#include <utility>
#include <vector>

#include "expression/operation.h"

namespace tallymill::expression {
namespace {

// && and ||, CEL's way: an operand that decides (false for &&, true for ||) makes good any error
// on either side of it. Of several errors the gravest counts (stop, then reject, then drop), the
// leftmost of these.
class Logic final : public Operation {
 public:
  struct Operand {
    OperationPtr operation;
    Reject null_operand;
  };
  Logic(bool decides, std::vector<Operand> operands)
      : decides_(decides), operands_(std::move(operands)) {}

  Outcome run(EvaluationContext& context, Value& result) const override {
    Outcome worst = Outcome::ok;
    const Reject* failure = nullptr;
    for (const Operand& operand : operands_) {
      Outcome outcome = operand.operation->run(context, result);
      if (outcome == Outcome::ok) [[likely]] {
        if (result.is(Type::boolean)) [[likely]] {
          if (result.boolean() == decides_) return Outcome::ok;
          continue;
        }
        outcome = reject_with(context, operand.null_operand);
      }
      if (gravity(outcome) <= gravity(worst)) continue;
      worst = outcome;
      failure = context.failure;
    }
    if (worst == Outcome::ok) [[likely]] {
      put(result, !decides_);
    } else {
      context.failure = failure;
    }
    return worst;
  }

 private:
  static int gravity(Outcome outcome) {
    switch (outcome) {
      case Outcome::ok: return 0;
      case Outcome::drop: return 1;
      case Outcome::reject: return 2;
      case Outcome::stop: return 3;
    }
    return 3;
  }

  bool decides_;
  std::vector<Operand> operands_;
};

class Not final : public Operation {
 public:
  Not(OperationPtr operand, Reject null_operand)
      : operand_(std::move(operand)), null_operand_(std::move(null_operand)) {}
  Outcome run(EvaluationContext& context, Value& result) const override {
    if (Outcome outcome = operand_->run(context, result); outcome != Outcome::ok) return outcome;
    if (result.absent()) return reject_with(context, null_operand_);
    put(result, !result.boolean());
    return Outcome::ok;
  }

 private:
  OperationPtr operand_;
  Reject null_operand_;
};

class Conditional final : public Operation {
 public:
  Conditional(OperationPtr condition, OperationPtr yes, OperationPtr no, Reject null_condition)
      : condition_(std::move(condition)),
        yes_(std::move(yes)),
        no_(std::move(no)),
        null_condition_(std::move(null_condition)) {}
  Outcome run(EvaluationContext& context, Value& result) const override {
    if (Outcome outcome = condition_->run(context, result); outcome != Outcome::ok) return outcome;
    if (result.absent()) return reject_with(context, null_condition_);
    return (result.boolean() ? yes_ : no_)->run(context, result);
  }

 private:
  OperationPtr condition_;
  OperationPtr yes_;
  OperationPtr no_;
  Reject null_condition_;
};

class Has final : public Operation {
 public:
  explicit Has(OperationPtr operand) : operand_(std::move(operand)) {}
  Outcome run(EvaluationContext& context, Value& result) const override {
    if (Outcome outcome = operand_->run(context, result); outcome != Outcome::ok) return outcome;
    put(result, !result.is(Type::missing));
    return Outcome::ok;
  }

 private:
  OperationPtr operand_;
};

class Coalesce final : public Operation {
 public:
  explicit Coalesce(std::vector<OperationPtr> operands) : operands_(std::move(operands)) {}
  Outcome run(EvaluationContext& context, Value& result) const override {
    for (const OperationPtr& operand : operands_) {
      Outcome outcome = operand->run(context, result);
      if (outcome != Outcome::ok || !result.absent()) return outcome;
    }
    return Outcome::ok;
  }

 private:
  std::vector<OperationPtr> operands_;
};

}  // namespace

OperationPtr Compiler::compile_logic(const Node& node) const {
  std::vector<Logic::Operand> operands;
  for (const NodePtr& operand : node.operands)
    operands.push_back({compile(*operand), null_operand(*operand, node)});
  return std::make_unique<Logic>(node.text == "||", std::move(operands));
}

OperationPtr Compiler::compile_not(const Node& node) const {
  const Node& operand = *node.operands[0];
  return std::make_unique<Not>(compile(operand), null_operand(operand, node));
}

OperationPtr Compiler::compile_conditional(const Node& node) const {
  const Node& condition = *node.operands[0];
  return std::make_unique<Conditional>(
      compile(condition), compile_as(*node.operands[1], node.type),
      compile_as(*node.operands[2], node.type), null_operand(condition, node));
}

OperationPtr Compiler::compile_has(const Node& node) const {
  return std::make_unique<Has>(compile(*node.operands[0]));
}

OperationPtr Compiler::compile_coalesce(const Node& node) const {
  std::vector<OperationPtr> operands;
  for (const NodePtr& operand : node.operands) operands.push_back(compile_as(*operand, node.type));
  return std::make_unique<Coalesce>(std::move(operands));
}

}  // namespace tallymill::expression
