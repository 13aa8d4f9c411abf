// == != < <= > >=, one operation per type, with shorter ways for a field beside a constant.

#include <cstdint>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "expression/operation.h"

namespace tallymill::expression {
namespace {

// Where an operand comes from. get() points `value` at it; `scratch` holds it if need be.
class AnyOperand {
 public:
  explicit AnyOperand(OperationPtr operation) : operation_(std::move(operation)) {}
  Outcome get(EvaluationContext& context, Value& scratch, const Value*& value) const {
    value = &scratch;
    return operation_->run(context, scratch);
  }

 private:
  OperationPtr operation_;
};

class FieldOperand {
 public:
  explicit FieldOperand(const OperationPtr& operation) : index_(*operation->field()) {}
  Outcome get(EvaluationContext& context, Value&, const Value*& value) const {
    value = &context.fields[index_];
    return Outcome::ok;
  }

 private:
  std::size_t index_;
};

class ConstantOperand {
 public:
  explicit ConstantOperand(OperationPtr operation)
      : operation_(std::move(operation)), value_(operation_->constant()) {}
  Outcome get(EvaluationContext&, Value&, const Value*& value) const {
    value = value_;
    return Outcome::ok;
  }

 private:
  OperationPtr operation_;
  const Value* value_;  // In operation_.
};

struct AsInt {
  static bool equal(const Value& a, const Value& b) { return a.int64() == b.int64(); }
  static bool less(const Value& a, const Value& b) { return a.int64() < b.int64(); }
};
struct AsBoolean {
  static bool equal(const Value& a, const Value& b) { return a.boolean() == b.boolean(); }
  static bool less(const Value& a, const Value& b) { return !a.boolean() && b.boolean(); }
};
struct AsTimestamp {
  static bool equal(const Value& a, const Value& b) { return a.timestamp() == b.timestamp(); }
  static bool less(const Value& a, const Value& b) { return a.timestamp() < b.timestamp(); }
};
struct AsDouble {
  // Never NaN, so that there is an order.
  static bool equal(const Value& a, const Value& b) {
    return !(a.float64() < b.float64()) && !(b.float64() < a.float64());
  }
  static bool less(const Value& a, const Value& b) { return a.float64() < b.float64(); }
};
struct AsDecimal {
  static bool equal(const Value& a, const Value& b) { return a.decimal() == b.decimal(); }
  static bool less(const Value& a, const Value& b) { return a.decimal() < b.decimal(); }
};
struct AsText {
  static bool equal(const Value& a, const Value& b) { return a.string() == b.string(); }
  // By bytes, as COLLATE "C" does; for UTF-8 that is the order of code points.
  static bool less(const Value& a, const Value& b) { return a.string() < b.string(); }
};

template <class Traits, class Left, class Right>
class Equality final : public Operation {
 public:
  Equality(bool negated, Left left, Right right)
      : negated_(negated), left_(std::move(left)), right_(std::move(right)) {}

  Outcome run(EvaluationContext& context, Value& result) const override {
    Value left_scratch, right_scratch;
    const Value* left = nullptr;
    const Value* right = nullptr;
    Outcome outcome = left_.get(context, left_scratch, left);
    if (outcome != Outcome::ok) [[unlikely]] return outcome;
    outcome = right_.get(context, right_scratch, right);
    if (outcome != Outcome::ok) [[unlikely]] return outcome;
    // Null and missing equal each other and nothing else.
    bool equal = left->absent() || right->absent() ? left->absent() && right->absent()
                                                   : Traits::equal(*left, *right);
    put(result, equal != negated_);
    return Outcome::ok;
  }

 private:
  bool negated_;
  Left left_;
  Right right_;
};

// a < b, and with the sides swapped or the answer negated, the three others.
template <class Traits, class Left, class Right>
class Ordering final : public Operation {
 public:
  struct Form {
    bool swapped;
    bool negated;
  };
  Ordering(Form form, Left left, Right right, Reject null_left, Reject null_right)
      : form_(form),
        left_(std::move(left)),
        right_(std::move(right)),
        null_left_(std::move(null_left)),
        null_right_(std::move(null_right)) {}

  Outcome run(EvaluationContext& context, Value& result) const override {
    Value left_scratch, right_scratch;
    const Value* left = nullptr;
    const Value* right = nullptr;
    Outcome outcome = left_.get(context, left_scratch, left);
    if (outcome != Outcome::ok) [[unlikely]] return outcome;
    outcome = right_.get(context, right_scratch, right);
    if (outcome != Outcome::ok) [[unlikely]] return outcome;
    if (left->absent()) [[unlikely]] return reject_with(context, null_left_);
    if (right->absent()) [[unlikely]] return reject_with(context, null_right_);
    bool less = form_.swapped ? Traits::less(*right, *left) : Traits::less(*left, *right);
    put(result, less != form_.negated);
    return Outcome::ok;
  }

 private:
  Form form_;
  Left left_;
  Right right_;
  Reject null_left_;
  Reject null_right_;
};

struct Sides {
  std::string_view op;
  OperationPtr left;
  OperationPtr right;
  Reject null_left;
  Reject null_right;
};

template <class Traits, class Left, class Right>
OperationPtr make(Sides sides, Left left, Right right) {
  if (sides.op == "==" || sides.op == "!=")
    return std::make_unique<Equality<Traits, Left, Right>>(sides.op == "!=", std::move(left),
                                                           std::move(right));
  using Order = Ordering<Traits, Left, Right>;
  // a > b is b < a; a <= b is !(b < a); a >= b is !(a < b).
  typename Order::Form form{sides.op == ">" || sides.op == "<=",
                            sides.op == "<=" || sides.op == ">="};
  return std::make_unique<Order>(form, std::move(left), std::move(right),
                                 std::move(sides.null_left), std::move(sides.null_right));
}

template <class Traits>
OperationPtr choose(Sides sides) {
  OperationPtr left = std::move(sides.left);
  OperationPtr right = std::move(sides.right);
  if (left->field() != nullptr && right->constant() != nullptr)
    return make<Traits>(std::move(sides), FieldOperand(left), ConstantOperand(std::move(right)));
  if (right->constant() != nullptr)
    return make<Traits>(std::move(sides), AnyOperand(std::move(left)),
                        ConstantOperand(std::move(right)));
  return make<Traits>(std::move(sides), AnyOperand(std::move(left)), AnyOperand(std::move(right)));
}

}  // namespace

OperationPtr Compiler::compile_comparison(const Node& node) const {
  const Node& left = *node.operands[0];
  const Node& right = *node.operands[1];
  Type type = common_type(left.type, right.type);
  Sides sides{node.text, compile_as(left, type), compile_as(right, type),
              null_operand(left, node), null_operand(right, node)};
  switch (type) {
    case Type::null:  // null == null: any type will do, neither side ever has a value.
    case Type::int64: return choose<AsInt>(std::move(sides));
    case Type::boolean: return choose<AsBoolean>(std::move(sides));
    case Type::timestamp: return choose<AsTimestamp>(std::move(sides));
    case Type::float64: return choose<AsDouble>(std::move(sides));
    case Type::decimal: return choose<AsDecimal>(std::move(sides));
    case Type::string: return choose<AsText>(std::move(sides));
    default: break;
  }
  CHECK(false, "typing lets only comparable types be compared");
  return nullptr;
}

}  // namespace tallymill::expression
