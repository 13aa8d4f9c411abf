#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "expression/functions.h"
#include "expression/literal.h"
#include "expression/names.h"
#include "expression/operation.h"
#include "expression/scope.h"
#include "expression/type_hints.h"

namespace tallymill::expression {
namespace {

std::string name(Type type) { return std::string(to_string(type)); }

bool is_arithmetic(const Node& node) {
  return node.kind == NodeKind::binary && node.text.size() == 1 &&
         std::string_view("+-*/%").find(node.text) != std::string_view::npos;
}

// Looks at one tree. Each method returns whether the node is sound; what holds an unsound node is
// unsound without another word.
class Checker {
 public:
  Checker(Scope& scope, std::size_t owner) : scope_(scope), owner_(owner) {}

  bool check(Node& node) {
    bool sound = scope_.broken.count(&node) == 0;
    bool is_has = node.kind == NodeKind::call && node.text == "has";
    for (const NodePtr& operand : node.operands)
      if (!is_has || operand->kind != NodeKind::path) sound = check(*operand) && sound;
    if (!sound) return false;
    switch (node.kind) {
      case NodeKind::literal: return check_literal(node);
      case NodeKind::path: return check_path(node);
      case NodeKind::unary: sound = check_unary(node); break;
      case NodeKind::binary: sound = check_binary(node); break;
      case NodeKind::conditional: sound = check_conditional(node); break;
      case NodeKind::call: sound = check_call(node); break;
      case NodeKind::lookup: return check_lookup(node);
      case NodeKind::list: return true;
    }
    return sound && check_constant(node);
  }

  bool check_use(const Node& tree, Use use) {
    Type type = tree.type;
    if (type == Type::missing)
      return fail(tree, "nothing says what type this has");
    if (type == Type::null) return fail(tree, "null alone is no value to work with");
    switch (use) {
      case Use::condition:
        if (type == Type::boolean) return true;
        return fail(tree, "a condition is needed here, and this is " + name(type) +
                              declared_hint(scope_, tree));
      case Use::numeric_argument:
        if (is_number(type)) return true;
        return fail(tree, "a number is needed here, and this is " + name(type) +
                              declared_hint(scope_, tree));
      case Use::group_key:
        if (type != Type::float64) return true;
        return fail(tree, "a double cannot be a group key, since its rounding would tell equal "
                          "groups apart; write decimal(...) or int(...)" +
                              declared_hint(scope_, tree));
      case Use::ordered_argument:
      case Use::any_argument:
      case Use::derived: return true;
    }
    return true;
  }

 private:
  bool fail(const Node& node, std::string message) {
    scope_.report(owner_, node.span, std::move(message));
    return false;
  }

  bool check_literal(Node& node) {
    if (is_numeric_literal(node)) {
      auto adapted = adapt_literal(node, node.type);
      CHECK(adapted.has_value(), "inference gives a literal no type that it cannot be of");
      node.value = *adapted;
    }
    node.optional = is_null_literal(node);
    return true;
  }

  bool check_path(Node& node) {
    if (node.binding == Node::Binding::derive) {
      const auto& root = scope_.derive_roots[node.index];
      if (!root || scope_.broken.count(root->tree.get()) != 0) return false;
      node.optional = root->tree->optional;
      return true;
    }
    if (node.binding != Node::Binding::field) {
      for (const Metadata& entry : metadata)
        if (entry.binding == node.binding) node.optional = entry.optional;
      return true;
    }
    const Field& field = scope_.fields[node.index];
    node.optional = field.optional;
    if (node.type != Type::missing) return true;
    FieldFacts& facts = scope_.facts[node.index];
    if (!facts.reported) fail(node, undecided_field_message(field, "string"));
    facts.reported = true;
    return false;
  }

  bool check_unary(const Node& node) {
    const Node& operand = *node.operands[0];
    if (node.text == "!") {
      if (operand.type == Type::boolean) return true;
      return fail(operand, "! takes a condition, and this is " + name(operand.type) +
                               declared_hint(scope_, operand));
    }
    if (is_number(operand.type)) return true;
    return fail(operand, "- takes a number, and this is " + name(operand.type) +
                             declared_hint(scope_, operand));
  }

  bool check_binary(const Node& node) {
    if (node.text == "&&" || node.text == "||") return check_logic(node);
    if (node.text == "in") return check_in(node);
    if (is_arithmetic(node)) return check_arithmetic(node);
    return check_comparison(node);
  }

  bool check_logic(const Node& node) {
    bool sound = true;
    for (const NodePtr& operand : node.operands)
      if (operand->type != Type::boolean)
        sound = fail(*operand, node.text + " takes conditions, and this is " +
                                   name(operand->type) + declared_hint(scope_, *operand));
    return sound;
  }

  bool check_comparison(const Node& node) {
    const Node& left = *node.operands[0];
    const Node& right = *node.operands[1];
    if (node.text != "==" && node.text != "!=")
      for (const NodePtr& operand : node.operands)
        if (operand->type == Type::null)
          return fail(*operand, "null has no place in an order; only == and != take it");
    return comparable(left, right);
  }

  bool comparable(const Node& left, const Node& right) {
    if (common_type(left.type, right.type) != Type::missing) return true;
    return fail(right, name(left.type) + " cannot be compared with " + name(right.type) +
                           conversion_hint(left, right) + declared_hint(scope_, left, right));
  }

  bool check_in(const Node& node) {
    bool sound = true;
    for (const NodePtr& element : node.operands[1]->operands)
      sound = comparable(*node.operands[0], *element) && sound;
    return sound;
  }

  bool check_arithmetic(const Node& node) {
    const Node& left = *node.operands[0];
    const Node& right = *node.operands[1];
    std::string form = name(left.type) + " " + node.text + " " + name(right.type);
    if (left.type == Type::timestamp || right.type == Type::timestamp)
      return fail(node, form + ": calculating with timestamps comes in a later version");
    if (left.type == Type::string && right.type == Type::string && node.text == "+") return true;
    const Node& culprit = is_number(left.type) ? right : left;
    if (!is_number(left.type) || !is_number(right.type))
      return fail(culprit, form + " is not possible: " +
                               (node.text == "+" ? "+ takes two numbers or two strings"
                                                 : node.text + " takes two numbers") +
                               declared_hint(scope_, culprit));
    if (node.text == "%") {
      if (left.type == Type::int64 && right.type == Type::int64) return true;
      return fail(left.type == Type::int64 ? right : left,
                  form + " is not possible: % takes two ints" + declared_hint(scope_, left, right));
    }
    if (common_type(left.type, right.type) != Type::missing) return true;
    return fail(right, form + " is not possible" + conversion_hint(left, right) +
                           declared_hint(scope_, left, right));
  }

  bool check_conditional(Node& node) {
    const Node& condition = *node.operands[0];
    if (condition.type != Type::boolean)
      return fail(condition, "a condition is needed before ?, and this is " +
                                 name(condition.type) + declared_hint(scope_, condition));
    const Node& yes = *node.operands[1];
    const Node& no = *node.operands[2];
    node.optional = yes.optional || no.optional;
    if (common_type(yes.type, no.type) != Type::missing) return true;
    return fail(no, "the two sides of : are " + name(yes.type) + " and " + name(no.type) +
                        ", they must be of one type" + conversion_hint(yes, no) +
                        declared_hint(scope_, yes, no));
  }

  bool check_call(Node& node) {
    const Function* function = find_function(node.text);
    if (function->id == FunctionId::has) return check_has(node);
    if (function->id == FunctionId::coalesce) return check_coalesce(node);
    bool sound = true;
    for (const NodePtr& operand : node.operands) {
      if (function->accepts.holds(operand->type)) continue;
      std::string hint = declared_hint(scope_, *operand);
      if (function->id == FunctionId::to_timestamp && is_number(operand->type))
        hint = "; declare the field as a timestamp with its unit: fields: {x: {type: timestamp, "
               "unit: ms}}";
      else if (function->accepts.single() && operand->type != Type::null)
        hint = "; write string(" + excerpt(*operand) + ")" + hint;
      sound = fail(*operand, node.text + "() takes " + function->accepts.str() +
                                 ", and this is " + name(operand->type) + hint);
    }
    return sound;
  }

  // A field may be asked for whatever its type is, and if nothing tells that.
  bool check_has(const Node& node) {
    Node& operand = *node.operands[0];
    if (scope_.broken.count(&operand) != 0) return false;
    if (operand.binding == Node::Binding::derive) return check_path(operand);
    return true;
  }

  bool check_coalesce(Node& node) {
    const Node& first = *node.operands[0];
    node.optional = true;
    Type type = first.type;
    for (const NodePtr& operand : node.operands) {
      node.optional = node.optional && operand->optional;
      Type common = common_type(type, operand->type);
      if (common == Type::missing)
        return fail(*operand, "coalesce() takes values of one type, and these are " + name(type) +
                                  " and " + name(operand->type) +
                                  conversion_hint(first, *operand) +
                                  declared_hint(scope_, first, *operand));
      type = common;
    }
    return true;
  }

  bool check_lookup(Node& node) {
    const Node& key = *node.operands[0];
    node.optional = scope_.lookup_may_be_absent[node.index];
    if (key.type == Type::string) return true;
    return fail(key, "lookup() takes a string as its key, and this is " + name(key.type) +
                         "; write string(" + excerpt(key) + ")" + declared_hint(scope_, key));
  }

  // What is calculated from literals alone, and never can be, is better said once than for each
  // record.
  bool check_constant(const Node& node) {
    if (!is_constant(node) || node.type == Type::missing) return true;
    OperationPtr operation = Compiler("").compile(node);
    EvaluationContext context;
    Value value;
    if (operation->run(context, value) == Outcome::ok) return true;
    return fail(node, context.failure->message);
  }

  Scope& scope_;
  std::size_t owner_;
};

}  // namespace

void check_types(Scope& scope) {
  auto check = [&scope](const Root& root) {
    Checker checker(scope, root.owner);
    if (!checker.check(*root.tree) || !checker.check_use(*root.tree, root.use))
      scope.broken.insert(root.tree.get());
  };
  // In the order in which derives use each other, since a use needs to know of its derive.
  for (std::size_t derive : scope.derive_order) check(*scope.derive_roots[derive]);
  for (const Root& root : scope.roots) check(root);
}

}  // namespace tallymill::expression
