#include "model/generated_value.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/check.h"
#include "model/numeric.h"
#include "model/value_text.h"

namespace tallymill {
namespace {

// Null is the result of whatever has a null in it.
class Evaluation {
 public:
  Evaluation(const TablePlan& plan, std::span<const Value> parts) : plan_(plan), parts_(parts) {}

  [[nodiscard]] std::optional<Numeric> numeric(const Formula& formula) const {
    if (formula.kind == Formula::Kind::number) return Numeric::parse(formula.text);
    if (formula.kind == Formula::Kind::part) {
      const Value& part = part_of(formula.text);
      return part.absent() ? std::nullopt : std::optional(Numeric::parse(text_of(part)));
    }
    const auto left = numeric(formula.operands[0]);
    if (!left) return std::nullopt;
    if (formula.kind == Formula::Kind::negate) return left->negated();
    const auto right = numeric(formula.operands[1]);
    if (!right) return std::nullopt;
    switch (formula.kind) {
      case Formula::Kind::add: return Numeric::add(*left, *right);
      case Formula::Kind::subtract: return Numeric::add(*left, right->negated());
      case Formula::Kind::multiply: return Numeric::multiply(*left, *right);
      default: return right->zero() ? std::nullopt : std::optional(Numeric::divide(*left, *right));
    }
  }

  [[nodiscard]] std::optional<double> floating(const Formula& formula) const {
    if (formula.kind == Formula::Kind::number) return std::strtod(formula.text.c_str(), nullptr);
    if (formula.kind == Formula::Kind::part) {
      const Value& part = part_of(formula.text);
      return part.absent() ? std::nullopt
                           : std::optional(std::strtod(text_of(part).c_str(), nullptr));
    }
    const auto left = floating(formula.operands[0]);
    if (!left) return std::nullopt;
    if (formula.kind == Formula::Kind::negate) return -*left;
    const auto right = floating(formula.operands[1]);
    if (!right) return std::nullopt;
    switch (formula.kind) {
      case Formula::Kind::add: return in_range(*left + *right);
      case Formula::Kind::subtract: return in_range(*left - *right);
      case Formula::Kind::multiply: return scaled(*left * *right, *left == 0 || *right == 0);
      default: return *right == 0 ? std::nullopt : scaled(*left / *right, *left == 0);
    }
  }

 private:
  // Null where a result leaves the range of doubles, as the column's definition says.
  static std::optional<double> in_range(double result) {
    return std::abs(result) <= 1.79e308 ? std::optional(result) : std::nullopt;
  }
  static std::optional<double> scaled(double result, bool is_zero) {
    if (!is_zero && std::abs(result) < 1e-307) return std::nullopt;
    return in_range(result);
  }

  [[nodiscard]] const Value& part_of(const std::string& name) const {
    const auto found = std::find_if(plan_.parts.begin(), plan_.parts.end(),
                                    [&name](const PartColumn& part) { return part.name == name; });
    CHECK(found != plan_.parts.end(), "a formula names parts of its own table");
    return parts_[static_cast<std::size_t>(found - plan_.parts.begin())];
  }

  const TablePlan& plan_;
  std::span<const Value> parts_;
};

}  // namespace

std::optional<std::string> generated_value(const GeneratedColumn& column, const TablePlan& plan,
                                           std::span<const Value> parts) {
  const Evaluation evaluation(plan, parts);
  if (column.type == SqlType::double_precision) {
    const auto number = evaluation.floating(column.formula);
    return number ? std::optional(text_of(Value::of(*number))) : std::nullopt;
  }
  const auto number = evaluation.numeric(column.formula);
  return number ? std::optional(number->str()) : std::nullopt;
}

}  // namespace tallymill
