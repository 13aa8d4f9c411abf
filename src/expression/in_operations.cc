// a in [b, c]: a set where all elements are constant strings, else one comparison after another.

#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "expression/operation.h"

namespace tallymill::expression {
namespace {

class InStrings final : public Operation {
 public:
  InStrings(OperationPtr operand, std::vector<std::string> elements, bool holds_null)
      : operand_(std::move(operand)), elements_(std::move(elements)), holds_null_(holds_null) {
    if (elements_.size() > few) set_.insert(elements_.begin(), elements_.end());
  }

  Outcome run(EvaluationContext& context, Value& result) const override {
    if (Outcome outcome = operand_->run(context, result); outcome != Outcome::ok) return outcome;
    put(result, result.absent() ? holds_null_ : holds(result.string()));
    return Outcome::ok;
  }

 private:
  // As many comparisons cost as much as one hash.
  static constexpr std::size_t few = 8;

  [[nodiscard]] bool holds(std::string_view text) const {
    if (elements_.size() > few) return set_.count(text) != 0;
    for (const std::string& element : elements_)
      if (element == text) return true;
    return false;
  }

  OperationPtr operand_;
  std::vector<std::string> elements_;
  std::unordered_set<std::string_view> set_;  // Of elements_, which never change.
  bool holds_null_;
};

class InList final : public Operation {
 public:
  InList(OperationPtr operand, std::vector<OperationPtr> elements)
      : operand_(std::move(operand)), elements_(std::move(elements)) {}

  Outcome run(EvaluationContext& context, Value& result) const override {
    Value wanted;
    if (Outcome outcome = operand_->run(context, wanted); outcome != Outcome::ok) return outcome;
    for (const OperationPtr& operation : elements_) {
      Value element;
      Outcome outcome = operation->run(context, element);
      if (outcome != Outcome::ok) return outcome;
      bool equal = wanted.absent() || element.absent() ? wanted.absent() && element.absent()
                                                       : same_value(wanted, element);
      if (!equal) continue;
      put(result, true);
      return Outcome::ok;
    }
    put(result, false);
    return Outcome::ok;
  }

 private:
  OperationPtr operand_;
  std::vector<OperationPtr> elements_;
};

}  // namespace

OperationPtr Compiler::compile_in(const Node& node) const {
  const Node& left = *node.operands[0];
  const Node& list = *node.operands[1];
  Type type = left.type;
  for (const NodePtr& element : list.operands) type = common_type(type, element->type);

  std::vector<OperationPtr> elements;
  std::vector<std::string> strings;
  bool holds_null = false;
  bool all_constant = type == Type::string;
  for (const NodePtr& element : list.operands) {
    elements.push_back(compile_as(*element, type));
    const Value* value = elements.back()->constant();
    if (value == nullptr) {
      all_constant = false;
    } else if (value->absent()) {
      holds_null = true;
    } else if (type == Type::string) {
      strings.emplace_back(value->string());
    }
  }
  OperationPtr operand = compile_as(left, type);
  if (all_constant)
    return std::make_unique<InStrings>(std::move(operand), std::move(strings), holds_null);
  return std::make_unique<InList>(std::move(operand), std::move(elements));
}

}  // namespace tallymill::expression
