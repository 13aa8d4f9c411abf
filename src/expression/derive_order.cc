#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "expression/scope.h"

namespace tallymill::expression {
namespace {

// Puts derives in an order in which each stands behind those that it uses.
class DeriveOrder {
 public:
  explicit DeriveOrder(Scope& scope)
      : scope_(scope), states_(scope.derives.size()), depths_(scope.derives.size()) {}

  void run() {
    for (std::size_t derive = 0; derive < scope_.derives.size(); ++derive) visit(derive);
  }

 private:
  enum class State { unseen, open, done };
  // So that a chain of derives cannot use up the stack.
  static constexpr int max_chain = 64;

  void visit(std::size_t derive) {
    if (states_[derive] != State::unseen || !scope_.derive_roots[derive]) return;
    states_[derive] = State::open;
    chain_.push_back(derive);
    NodePtr tree = scope_.derive_roots[derive]->tree;
    visit_uses(*tree, derive);
    chain_.pop_back();
    states_[derive] = State::done;
    if (scope_.derive_roots[derive]) scope_.derive_order.push_back(derive);
  }

  void visit_uses(const Node& node, std::size_t from) {
    for (const NodePtr& operand : node.operands) visit_uses(*operand, from);
    if (node.binding != Node::Binding::derive || !scope_.derive_roots[from]) return;
    if (states_[node.index] == State::open) return circle(node, from);
    if (chain_.size() >= max_chain) return refuse(node, from, "derives use each other more than " +
                                                      std::to_string(max_chain) + " deep");
    visit(node.index);
    depths_[from] = std::max(depths_[from], depths_[node.index] + 1);
    if (depths_[from] >= max_chain)
      refuse(node, from, "derives use each other more than " + std::to_string(max_chain) + " deep");
  }

  void circle(const Node& node, std::size_t from) {
    if (node.index == from)
      return refuse(node, from, scope_.derives[from] + " uses itself; a field of this name is "
                                "written `" + scope_.derives[from] + "`");
    std::string names;
    auto begin = std::find(chain_.begin(), chain_.end(), node.index);
    for (auto derive = begin; derive != chain_.end(); ++derive)
      names += scope_.derives[*derive] + " -> ";
    refuse(node, from, "derives use each other in a circle: " + names + scope_.derives[node.index]);
  }

  void refuse(const Node& node, std::size_t from, std::string message) {
    scope_.report(scope_.derive_roots[from]->owner, node.span, std::move(message));
    scope_.derive_roots[from].reset();
  }

  Scope& scope_;
  std::vector<State> states_;
  std::vector<int> depths_;
  std::vector<std::size_t> chain_;
};

}  // namespace

void order_derives(Scope& scope) { DeriveOrder(scope).run(); }

}  // namespace tallymill::expression
