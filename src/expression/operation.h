#pragma once

// One step of a program. A program is a tree of them; each type of operand has its own, so that
// nothing about types is decided while records run.

#include <memory>
#include <new>
#include <string>
#include <string_view>

#include "expression/ast.h"
#include "expression/functions.h"
#include "expression/program.h"

namespace tallymill::expression {

// Immutable, so that threads can share it.
class Operation {
 public:
  Operation() = default;
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  virtual ~Operation() = default;

  // Sets `result` if it returns Outcome::ok; else, unless the outcome is drop, context.failure.
  virtual Outcome run(EvaluationContext& context, Value& result) const = 0;

  // What the operation gives if that is known already; null if it is not.
  [[nodiscard]] virtual const Value* constant() const { return nullptr; }
  // The field that the operation reads, if that is all it does.
  [[nodiscard]] virtual const std::size_t* field() const { return nullptr; }
};
using OperationPtr = std::unique_ptr<const Operation>;

// `failure` must outlive the evaluation: it is a member of the operation.
inline Outcome reject_with(EvaluationContext& context, const Reject& failure) {
  context.failure = &failure;
  return Outcome::reject;
}

// Makes `result` a value of `contents`, in place. To assign it would copy 32 bytes that were only
// just written in smaller pieces, which stalls the processor for longer than most operations take.
template <class Contents>
inline void put(Value& result, const Contents& contents) {
  ::new (static_cast<void*>(&result)) Value(Value::of(contents));
}

// Makes operations of typed nodes. `name` is the program's, for messages.
class Compiler {
 public:
  explicit Compiler(std::string_view name) : name_(name) {}

  [[nodiscard]] OperationPtr compile(const Node& node) const;
  // The same, an int64 promoted where `type` is decimal.
  [[nodiscard]] OperationPtr compile_as(const Node& node, Type type) const;

  // Reject messages: "where of campaign_stats: " and the detail.
  [[nodiscard]] Reject reject(std::string_view reason, std::string detail) const;
  // "cost is null or missing in cost > 3".
  [[nodiscard]] Reject null_operand(const Node& operand, const Node& node) const;

 private:
  // One method per kind of node, each beside its operations.
  [[nodiscard]] OperationPtr compile_unfolded(const Node& node) const;
  [[nodiscard]] OperationPtr compile_literal(const Node& node) const;
  [[nodiscard]] OperationPtr compile_path(const Node& node) const;
  [[nodiscard]] OperationPtr compile_lookup(const Node& node) const;
  [[nodiscard]] OperationPtr compile_logic(const Node& node) const;
  [[nodiscard]] OperationPtr compile_not(const Node& node) const;
  [[nodiscard]] OperationPtr compile_conditional(const Node& node) const;
  [[nodiscard]] OperationPtr compile_has(const Node& node) const;
  [[nodiscard]] OperationPtr compile_coalesce(const Node& node) const;
  [[nodiscard]] OperationPtr compile_comparison(const Node& node) const;
  [[nodiscard]] OperationPtr compile_in(const Node& node) const;
  [[nodiscard]] OperationPtr compile_arithmetic(const Node& node) const;
  [[nodiscard]] OperationPtr compile_negation(const Node& node) const;
  [[nodiscard]] OperationPtr compile_concatenation(const Node& node) const;
  [[nodiscard]] OperationPtr compile_text(const Node& node, FunctionId id) const;
  [[nodiscard]] OperationPtr compile_conversion(const Node& node, Type to) const;
  [[nodiscard]] OperationPtr compile_call(const Node& node) const;
  [[nodiscard]] OperationPtr promote(OperationPtr operation) const;

  std::string name_;
};

// A value that is always the same; owns its text.
[[nodiscard]] OperationPtr make_constant(const Value& value);

// The type that two operands are brought to: decimal for an int beside a decimal, the other's type
// beside null. Type::missing if there is none.
[[nodiscard]] Type common_type(Type a, Type b);

// Neither fields nor anything else of the record can change what the node gives.
[[nodiscard]] bool is_constant(const Node& node);

// The canonical text, cut to a length that suits a message.
[[nodiscard]] std::string excerpt(const Node& node);

}  // namespace tallymill::expression
