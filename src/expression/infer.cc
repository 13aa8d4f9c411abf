#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "expression/functions.h"
#include "expression/literal.h"
#include "expression/operation.h"
#include "expression/scope.h"
#include "expression/type_hints.h"

namespace tallymill::expression {
namespace {

bool is_comparison(const Node& node) {
  return node.text == "==" || node.text == "!=" || node.text[0] == '<' || node.text[0] == '>';
}

bool is_logic(const Node& node) { return node.text == "&&" || node.text == "||"; }

// Types only ever go from unknown (Type::missing) to known, so the rounds come to an end.
class Inference {
 public:
  explicit Inference(Scope& scope) : scope_(scope) {}

  void run() {
    settle();
    // string(x) says nothing: whoever writes it has an x of another type.
    for (Type type : {Type::decimal, Type::float64, Type::int64, Type::timestamp}) {
      each_node([&](Node& node) { hint_conversion(node, type); });
      settle();
    }
    for (Type type : {Type::float64, Type::int64}) {
      each_node([&](Node& node) { hint_number(node, type); });
      settle();
    }
    report_undecided_arguments();
    default_to_string();
    settle();
    each_node([&](Node& node) {
      if (node.type == Type::missing && is_numeric_literal(node)) node.type = node.value.type();
    });
    settle();
  }

 private:
  template <class Function>
  void each_root(Function function) {
    for (std::size_t derive : scope_.derive_order) function(*scope_.derive_roots[derive]);
    for (Root& root : scope_.roots) function(root);
  }
  template <class Function>
  static void below(Node& node, Function& function) {
    for (const NodePtr& operand : node.operands) below(*operand, function);
    function(node);
  }
  template <class Function>
  void each_node(Function function) {
    each_root([&](Root& root) { below(*root.tree, function); });
  }

  void settle() {
    do {
      changed_ = false;
      tried_.clear();
      each_root([&](Root& root) {
        visit(*root.tree);
        if (root.use == Use::condition) force(*root.tree, Type::boolean, *root.tree);
      });
    } while (changed_);
  }

  void set(Node& node, Type type) {
    if (node.type != Type::missing || type == Type::missing) return;
    node.type = type;
    changed_ = true;
  }

  void visit(Node& node) {
    for (const NodePtr& operand : node.operands) visit(*operand);
    switch (node.kind) {
      case NodeKind::literal:
        if (!is_numeric_literal(node)) set(node, node.value.type());
        break;
      case NodeKind::path: visit_path(node); break;
      case NodeKind::unary: visit_unary(node); break;
      case NodeKind::binary: visit_binary(node); break;
      case NodeKind::conditional:
        force(*node.operands[0], Type::boolean, node);
        visit_alike(node, std::span(node.operands).subspan(1));
        break;
      case NodeKind::call: visit_call(node); break;
      case NodeKind::lookup:
        force(*node.operands[0], Type::string, node);
        set(node, Type::string);
        break;
      case NodeKind::list: break;
    }
  }

  void visit_path(Node& node) {
    if (node.binding == Node::Binding::field && scope_.facts[node.index].typed)
      set(node, scope_.fields[node.index].type);
    if (node.binding == Node::Binding::derive && scope_.derive_roots[node.index])
      set(node, scope_.derive_roots[node.index]->tree->type);
  }

  void visit_unary(Node& node) {
    Node& operand = *node.operands[0];
    if (node.text == "!") {
      force(operand, Type::boolean, node);
      set(node, Type::boolean);
    } else {
      set(node, operand.type);
    }
  }

  void visit_binary(Node& node) {
    if (is_logic(node)) {
      for (const NodePtr& operand : node.operands) force(*operand, Type::boolean, node);
      set(node, Type::boolean);
    } else if (node.text == "in") {
      relate(members(node), node);
      set(node, Type::boolean);
    } else if (is_comparison(node)) {
      relate(node.operands, node);
      set(node, Type::boolean);
    } else if (node.text == "%") {
      for (const NodePtr& operand : node.operands) force(*operand, Type::int64, node);
      set(node, Type::int64);
    } else {
      visit_alike(node, node.operands);
    }
  }

  // The node's type is its operands'.
  void visit_alike(Node& node, std::span<const NodePtr> operands) {
    relate(operands, node);
    join(node, operands);
  }
  void join(Node& node, std::span<const NodePtr> operands) {
    Type type = operands[0]->type;
    for (const NodePtr& operand : operands) {
      if (operand->type == Type::missing) return;
      type = common_type(type, operand->type);
    }
    set(node, type);
  }

  void visit_call(Node& node) {
    const Function* function = find_function(node.text);
    if (function == nullptr || scope_.broken.count(&node) != 0) return;
    if (function->id == FunctionId::coalesce) return visit_alike(node, node.operands);
    if (function->accepts.holds(Type::string) && function->accepts.single())
      for (const NodePtr& operand : node.operands) force(*operand, Type::string, node);
    set(node, function->result);
  }

  // The left side of `in` and the list's elements.
  static std::vector<NodePtr> members(const Node& node) {
    std::vector<NodePtr> all{node.operands[0]};
    const Node& list = *node.operands[1];
    if (list.kind == NodeKind::list)
      all.insert(all.end(), list.operands.begin(), list.operands.end());
    return all;
  }

  // Operands that must be of one type: the known ones force the others.
  void relate(std::span<const NodePtr> operands, const Node& because) {
    Type known = Type::missing;
    for (const NodePtr& operand : operands) {
      if (operand->type == Type::missing || operand->type == Type::null) continue;
      if (known == Type::missing) known = operand->type;
      if (Type common = common_type(known, operand->type); common != Type::missing) known = common;
    }
    for (const NodePtr& operand : operands) force(*operand, known, because);
  }

  // Makes the node of this type if nothing is known of it yet, and if it can be.
  void force(Node& node, Type type, const Node& because) {
    if (node.type != Type::missing || type == Type::missing || type == Type::null) return;
    switch (node.kind) {
      case NodeKind::literal:
        if ((type == Type::int64 || type == Type::decimal || type == Type::float64) &&
            adapt_literal(node, type))
          set(node, type);
        break;
      case NodeKind::path: force_path(node, type, because); break;
      case NodeKind::unary:
        if (node.text == "-") force(*node.operands[0], type, because);
        visit_unary(node);
        break;
      case NodeKind::binary:
        if (is_logic(node) || is_comparison(node) || node.text == "in" || node.text == "%") break;
        if (type == Type::string && node.text != "+") break;
        force_alike(node, node.operands, type, because);
        break;
      case NodeKind::conditional:
        force_alike(node, std::span(node.operands).subspan(1), type, because);
        break;
      case NodeKind::call:
        if (node.text == "coalesce") force_alike(node, node.operands, type, because);
        break;
      case NodeKind::lookup:
      case NodeKind::list: break;
    }
  }

  void force_alike(Node& node, std::span<const NodePtr> operands, Type type, const Node& because) {
    for (const NodePtr& operand : operands) force(*operand, type, because);
    join(node, operands);
  }

  void force_path(Node& node, Type type, const Node& because) {
    if (scope_.broken.count(&node) != 0) return;
    if (node.binding == Node::Binding::field) {
      FieldFacts& facts = scope_.facts[node.index];
      if (!facts.typed) {
        facts.typed = true;
        facts.forced_by = excerpt(because);
        scope_.fields[node.index].type = type;
        changed_ = true;
      }
    } else if (node.binding == Node::Binding::derive && scope_.derive_roots[node.index]) {
      // Once per round: derives that use others twice would be walked 2^n times.
      if (!tried_.insert({node.index, type}).second) return;
      force(*scope_.derive_roots[node.index]->tree, type, because);
    }
    visit_path(node);
  }

  // decimal(x) says that x is a decimal, if nothing else says what it is.
  void hint_conversion(Node& node, Type type) {
    if (node.kind != NodeKind::call || scope_.broken.count(&node) != 0) return;
    const Function* function = find_function(node.text);
    if (function == nullptr || !function->is_conversion() || function->result != type) return;
    Node& operand = *node.operands[0];
    if (!is_numeric_literal(operand)) force(operand, type, node);
  }

  // x > 3 says that x is an int, x > 3.5 a double, if nothing else says what it is.
  void hint_number(Node& node, Type type) {
    std::vector<NodePtr> alike;
    if (node.kind == NodeKind::binary && !is_logic(node))
      alike = node.text == "in" ? members(node) : node.operands;
    if (node.kind == NodeKind::conditional) alike = {node.operands[1], node.operands[2]};
    if (node.kind == NodeKind::call && node.text == "coalesce") alike = node.operands;
    for (const NodePtr& operand : alike) {
      if (!is_numeric_literal(*operand) || operand->type != Type::missing) continue;
      if (operand->value.type() != type) continue;
      for (const NodePtr& other : alike) force(*other, type, node);
    }
  }

  // What is summed is not guessed. A field that a derive brings in is shown where the derive is
  // used.
  void report_undecided_arguments() {
    for (Root& root : scope_.roots) {
      if (root.use != Use::numeric_argument && root.use != Use::ordered_argument) continue;
      if (root.tree->type == Type::missing) report_undecided(*root.tree, root, std::nullopt);
    }
  }

  void report_undecided(const Node& node, const Root& root, std::optional<Span> derive) {
    if (node.type != Type::missing || !seen_.insert(&node).second) return;
    Span span = derive.value_or(node.span);
    for (const NodePtr& operand : node.operands) report_undecided(*operand, root, derive);
    if (node.binding == Node::Binding::derive && scope_.derive_roots[node.index])
      report_undecided(*scope_.derive_roots[node.index]->tree, root, span);
    if (node.binding != Node::Binding::field) return;
    FieldFacts& facts = scope_.facts[node.index];
    if (facts.typed || facts.reported) return;
    facts.reported = true;
    scope_.report(root.owner, span,
                  undecided_field_message(scope_.fields[node.index], "decimal"));
  }

  // Only where the value stands for itself: a + b could be a sum as well.
  void default_to_string() {
    each_root([&](Root& root) {
      bool takes_default = root.use == Use::group_key || root.use == Use::any_argument ||
                           root.use == Use::derived;
      if (takes_default) default_node(*root.tree);
    });
  }

  void default_node(Node& node) {
    if (node.type != Type::missing) return;
    if (node.kind == NodeKind::path) {
      bool guess = node.binding == Node::Binding::field && !scope_.facts[node.index].reported;
      if (guess) force(node, Type::string, node);
    } else if (node.kind == NodeKind::conditional) {
      default_node(*node.operands[1]);
      default_node(*node.operands[2]);
    } else if (node.kind == NodeKind::call && node.text == "coalesce") {
      for (const NodePtr& operand : node.operands) default_node(*operand);
    }
  }

  Scope& scope_;
  bool changed_ = false;
  std::set<std::pair<std::size_t, Type>> tried_;
  std::set<const Node*> seen_;
};

}  // namespace

void infer_types(Scope& scope) { Inference(scope).run(); }

}  // namespace tallymill::expression
