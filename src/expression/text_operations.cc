// Operations on strings: size startsWith endsWith contains matches lower upper, and a + b.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/check.h"
#include "expression/operation.h"
#include "expression/regex.h"
#include "expression/utf8.h"
#include "model/reason.h"

namespace tallymill::expression {
namespace {

struct StartsWith {
  static bool apply(std::string_view a, std::string_view b) { return a.starts_with(b); }
};
struct EndsWith {
  static bool apply(std::string_view a, std::string_view b) { return a.ends_with(b); }
};
struct Contains {
  static bool apply(std::string_view a, std::string_view b) {
    return a.find(b) != std::string_view::npos;
  }
};

template <class Predicate>
class TextPredicate final : public Operation {
 public:
  TextPredicate(OperationPtr left, OperationPtr right, Reject null_left, Reject null_right)
      : left_(std::move(left)),
        right_(std::move(right)),
        null_left_(std::move(null_left)),
        null_right_(std::move(null_right)) {}
  Outcome run(EvaluationContext& context, Value& result) const override {
    Value right;
    if (Outcome outcome = left_->run(context, result); outcome != Outcome::ok) return outcome;
    if (Outcome outcome = right_->run(context, right); outcome != Outcome::ok) return outcome;
    if (result.absent()) return reject_with(context, null_left_);
    if (right.absent()) return reject_with(context, null_right_);
    put(result, Predicate::apply(result.string(), right.string()));
    return Outcome::ok;
  }

 private:
  OperationPtr left_;
  OperationPtr right_;
  Reject null_left_;
  Reject null_right_;
};

class Matches final : public Operation {
 public:
  Matches(OperationPtr operand, Regex regex, Reject null_operand)
      : operand_(std::move(operand)),
        regex_(std::move(regex)),
        null_operand_(std::move(null_operand)) {}
  Outcome run(EvaluationContext& context, Value& result) const override {
    if (Outcome outcome = operand_->run(context, result); outcome != Outcome::ok) return outcome;
    if (result.absent()) return reject_with(context, null_operand_);
    put(result, regex_.matches(result.string()));
    return Outcome::ok;
  }

 private:
  OperationPtr operand_;
  Regex regex_;
  Reject null_operand_;
};

class Size final : public Operation {
 public:
  Size(OperationPtr operand, Reject null_operand)
      : operand_(std::move(operand)), null_operand_(std::move(null_operand)) {}
  Outcome run(EvaluationContext& context, Value& result) const override {
    if (Outcome outcome = operand_->run(context, result); outcome != Outcome::ok) return outcome;
    if (result.absent()) return reject_with(context, null_operand_);
    put(result, static_cast<std::int64_t>(count_code_points(result.string())));
    return Outcome::ok;
  }

 private:
  OperationPtr operand_;
  Reject null_operand_;
};

// lower() and upper(): ASCII letters only. Bytes of other characters are all 0x80 and above.
class ChangeCase final : public Operation {
 public:
  ChangeCase(char first, OperationPtr operand, Reject null_operand, Reject too_large)
      : first_(first),
        operand_(std::move(operand)),
        null_operand_(std::move(null_operand)),
        too_large_(std::move(too_large)) {}
  Outcome run(EvaluationContext& context, Value& result) const override {
    if (Outcome outcome = operand_->run(context, result); outcome != Outcome::ok) return outcome;
    if (result.absent()) return reject_with(context, null_operand_);
    std::string_view text = result.string();
    auto changes = [this](char c) { return c >= first_ && c <= first_ + 25; };
    if (std::none_of(text.begin(), text.end(), changes)) return Outcome::ok;
    char* out = context.arena.allocate(text.size());
    if (out == nullptr) return reject_with(context, too_large_);
    for (std::size_t i = 0; i < text.size(); ++i)
      out[i] = changes(text[i]) ? static_cast<char>(text[i] ^ 0x20) : text[i];
    put(result, std::string_view(out, text.size()));
    return Outcome::ok;
  }

 private:
  char first_;  // Of the letters that change: 'A' or 'a'.
  OperationPtr operand_;
  Reject null_operand_;
  Reject too_large_;
};

class Concatenate final : public Operation {
 public:
  Concatenate(OperationPtr left, OperationPtr right, Reject null_left, Reject null_right,
              Reject too_large)
      : left_(std::move(left)),
        right_(std::move(right)),
        null_left_(std::move(null_left)),
        null_right_(std::move(null_right)),
        too_large_(std::move(too_large)) {}
  Outcome run(EvaluationContext& context, Value& result) const override {
    Value right_value;
    if (Outcome outcome = left_->run(context, result); outcome != Outcome::ok) return outcome;
    if (Outcome outcome = right_->run(context, right_value); outcome != Outcome::ok)
      return outcome;
    if (result.absent()) return reject_with(context, null_left_);
    if (right_value.absent()) return reject_with(context, null_right_);
    std::string_view left = result.string();
    std::string_view right = right_value.string();
    if (right.empty()) return Outcome::ok;
    char* out = context.arena.allocate(left.size() + right.size());
    if (out == nullptr) return reject_with(context, too_large_);
    std::copy(right.begin(), right.end(), std::copy(left.begin(), left.end(), out));
    put(result, std::string_view(out, left.size() + right.size()));
    return Outcome::ok;
  }

 private:
  OperationPtr left_;
  OperationPtr right_;
  Reject null_left_;
  Reject null_right_;
  Reject too_large_;
};

constexpr std::string_view too_large_text =
    ": the strings made for one record take more than 8 MiB";

}  // namespace

OperationPtr Compiler::compile_concatenation(const Node& node) const {
  const Node& left = *node.operands[0];
  const Node& right = *node.operands[1];
  return std::make_unique<Concatenate>(
      compile(left), compile(right), null_operand(left, node), null_operand(right, node),
      reject(reason::too_large, excerpt(node) + std::string(too_large_text)));
}

OperationPtr Compiler::compile_text(const Node& node, FunctionId id) const {
  const Node& first = *node.operands[0];
  auto predicate = [&]<class Predicate>(Predicate) -> OperationPtr {
    const Node& second = *node.operands[1];
    return std::make_unique<TextPredicate<Predicate>>(
        compile(first), compile(second), null_operand(first, node), null_operand(second, node));
  };
  auto change_case = [&](char letters) -> OperationPtr {
    return std::make_unique<ChangeCase>(
        letters, compile(first), null_operand(first, node),
        reject(reason::too_large, excerpt(node) + std::string(too_large_text)));
  };
  switch (id) {
    case FunctionId::size: return std::make_unique<Size>(compile(first), null_operand(first, node));
    case FunctionId::starts_with: return predicate(StartsWith{});
    case FunctionId::ends_with: return predicate(EndsWith{});
    case FunctionId::contains: return predicate(Contains{});
    case FunctionId::lower: return change_case('A');
    case FunctionId::upper: return change_case('a');
    case FunctionId::matches: {
      auto regex = Regex::compile(node.operands[1]->text);
      CHECK(std::holds_alternative<Regex>(regex), "typing has tried the pattern");
      return std::make_unique<Matches>(compile(first), std::get<Regex>(std::move(regex)),
                                       null_operand(first, node));
    }
    default: break;
  }
  CHECK(false, "every function has its operation");
  return nullptr;
}

}  // namespace tallymill::expression
