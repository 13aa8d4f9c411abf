// + - * / % and unary -, checked: what does not fit, and any division by zero, is the record's
// error. Integers divide as CEL's do, cut toward zero; decimals round as Decimal::divide says.

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "expression/operation.h"
#include "model/reason.h"

namespace tallymill::expression {
namespace {

enum class Fault { none, overflow, division_by_zero };

constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();

Fault finite(double number, double& out) {
  if (!std::isfinite(number)) return Fault::overflow;
  out = number + 0.0;  // -0.0 becomes 0.0.
  return Fault::none;
}

Fault exact(const std::optional<Decimal>& number, Decimal& out) {
  if (!number) return Fault::overflow;
  out = *number;
  return Fault::none;
}

struct Add {
  static Fault apply(std::int64_t a, std::int64_t b, std::int64_t& out) {
    return __builtin_add_overflow(a, b, &out) ? Fault::overflow : Fault::none;
  }
  static Fault apply(double a, double b, double& out) { return finite(a + b, out); }
  static Fault apply(const Decimal& a, const Decimal& b, Decimal& out) {
    return exact(Decimal::add(a, b), out);
  }
};

struct Subtract {
  static Fault apply(std::int64_t a, std::int64_t b, std::int64_t& out) {
    return __builtin_sub_overflow(a, b, &out) ? Fault::overflow : Fault::none;
  }
  static Fault apply(double a, double b, double& out) { return finite(a - b, out); }
  static Fault apply(const Decimal& a, const Decimal& b, Decimal& out) {
    return exact(Decimal::subtract(a, b), out);
  }
};

struct Multiply {
  static Fault apply(std::int64_t a, std::int64_t b, std::int64_t& out) {
    return __builtin_mul_overflow(a, b, &out) ? Fault::overflow : Fault::none;
  }
  static Fault apply(double a, double b, double& out) { return finite(a * b, out); }
  static Fault apply(const Decimal& a, const Decimal& b, Decimal& out) {
    return exact(Decimal::multiply(a, b), out);
  }
};

struct Divide {
  static Fault apply(std::int64_t a, std::int64_t b, std::int64_t& out) {
    if (b == 0) return Fault::division_by_zero;
    if (a == smallest && b == -1) return Fault::overflow;
    out = a / b;
    return Fault::none;
  }
  static Fault apply(double a, double b, double& out) {
    if (std::fpclassify(b) == FP_ZERO) return Fault::division_by_zero;
    return finite(a / b, out);
  }
  static Fault apply(const Decimal& a, const Decimal& b, Decimal& out) {
    if (b.coefficient() == 0) return Fault::division_by_zero;
    return exact(Decimal::divide(a, b), out);
  }
};

struct Modulo {
  static Fault apply(std::int64_t a, std::int64_t b, std::int64_t& out) {
    if (b == 0) return Fault::division_by_zero;
    if (a == smallest && b == -1) return Fault::overflow;  // As in CEL, though 0 would be right.
    out = a % b;
    return Fault::none;
  }
};

template <class Number>
Number read(const Value& value) {
  if constexpr (std::is_same_v<Number, std::int64_t>) return value.int64();
  else if constexpr (std::is_same_v<Number, double>) return value.float64();
  else return value.decimal();
}

struct Faults {
  Reject null_left;
  Reject null_right;
  Reject overflow;
  Reject division_by_zero;
};

template <class Number, class Function>
class Arithmetic final : public Operation {
 public:
  Arithmetic(OperationPtr left, OperationPtr right, Faults faults)
      : left_(std::move(left)), right_(std::move(right)), faults_(std::move(faults)) {}

  Outcome run(EvaluationContext& context, Value& result) const override {
    Value right;
    if (Outcome outcome = left_->run(context, result); outcome != Outcome::ok) return outcome;
    if (Outcome outcome = right_->run(context, right); outcome != Outcome::ok) return outcome;
    if (result.absent()) [[unlikely]] return reject_with(context, faults_.null_left);
    if (right.absent()) [[unlikely]] return reject_with(context, faults_.null_right);
    Number number{};
    Fault fault = Function::apply(read<Number>(result), read<Number>(right), number);
    if (fault == Fault::none) [[likely]] {
      put(result, number);
      return Outcome::ok;
    }
    return reject_with(context,
                       fault == Fault::overflow ? faults_.overflow : faults_.division_by_zero);
  }

 private:
  OperationPtr left_;
  OperationPtr right_;
  Faults faults_;
};

template <class Number>
OperationPtr choose(char op, OperationPtr left, OperationPtr right, Faults faults) {
  switch (op) {
    case '+':
      return std::make_unique<Arithmetic<Number, Add>>(std::move(left), std::move(right),
                                                       std::move(faults));
    case '-':
      return std::make_unique<Arithmetic<Number, Subtract>>(std::move(left), std::move(right),
                                                            std::move(faults));
    case '*':
      return std::make_unique<Arithmetic<Number, Multiply>>(std::move(left), std::move(right),
                                                            std::move(faults));
    case '/':
      return std::make_unique<Arithmetic<Number, Divide>>(std::move(left), std::move(right),
                                                          std::move(faults));
    default: break;
  }
  CHECK(false, "there are no other arithmetic operators for this type");
  return nullptr;
}

class Negate final : public Operation {
 public:
  Negate(OperationPtr operand, Reject null_operand, Reject overflow)
      : operand_(std::move(operand)),
        null_operand_(std::move(null_operand)),
        overflow_(std::move(overflow)) {}

  Outcome run(EvaluationContext& context, Value& result) const override {
    if (Outcome outcome = operand_->run(context, result); outcome != Outcome::ok) return outcome;
    if (result.absent()) return reject_with(context, null_operand_);
    if (result.is(Type::int64)) {
      if (result.int64() == smallest) return reject_with(context, overflow_);
      put(result, -result.int64());
    } else if (result.is(Type::float64)) {
      put(result, 0.0 - result.float64());
    } else {
      Decimal number = result.decimal();
      put(result, Decimal(-number.coefficient(), number.scale()));
    }
    return Outcome::ok;
  }

 private:
  OperationPtr operand_;
  Reject null_operand_;
  Reject overflow_;
};

std::string_view overflow_text(Type type) {
  switch (type) {
    case Type::int64: return " does not fit into 64 bits";
    case Type::decimal: return " needs more than 38 digits";
    default: return " is beyond what a double holds";
  }
}

}  // namespace

OperationPtr Compiler::compile_arithmetic(const Node& node) const {
  const Node& left = *node.operands[0];
  const Node& right = *node.operands[1];
  Faults faults{null_operand(left, node), null_operand(right, node),
                reject(reason::overflow, excerpt(node) + std::string(overflow_text(node.type))),
                reject(reason::division_by_zero, excerpt(node) + " divides by zero")};
  OperationPtr a = compile_as(left, node.type);
  OperationPtr b = compile_as(right, node.type);
  char op = node.text[0];
  switch (node.type) {
    case Type::int64:
      if (op == '%')
        return std::make_unique<Arithmetic<std::int64_t, Modulo>>(std::move(a), std::move(b),
                                                                  std::move(faults));
      return choose<std::int64_t>(op, std::move(a), std::move(b), std::move(faults));
    case Type::decimal: return choose<Decimal>(op, std::move(a), std::move(b), std::move(faults));
    case Type::float64: return choose<double>(op, std::move(a), std::move(b), std::move(faults));
    default: break;
  }
  CHECK(false, "typing lets only numbers be calculated with");
  return nullptr;
}

OperationPtr Compiler::compile_negation(const Node& node) const {
  const Node& operand = *node.operands[0];
  return std::make_unique<Negate>(
      compile(operand), null_operand(operand, node),
      reject(reason::overflow, excerpt(node) + std::string(overflow_text(node.type))));
}

}  // namespace tallymill::expression
