#include "expression/typing.h"

#include <algorithm>

#include "expression/doubts.h"
#include "expression/scope.h"

namespace tallymill::expression {

struct Typing::State {
  Scope scope;
};

Typing::Typing(std::vector<Field> declared, std::vector<std::string> derives,
               std::vector<std::string> lookups)
    : state_(std::make_unique<State>()) {
  Scope& scope = state_->scope;
  scope.facts.resize(declared.size());
  for (FieldFacts& facts : scope.facts) facts.typed = true;
  for (Field& field : declared) field.declared = true;
  scope.fields = std::move(declared);
  scope.derive_roots.resize(derives.size());
  scope.derives = std::move(derives);
  scope.lookup_may_be_absent.resize(lookups.size(), false);
  scope.lookups = std::move(lookups);
}

Typing::~Typing() = default;
Typing::Typing(Typing&&) noexcept = default;
Typing& Typing::operator=(Typing&&) noexcept = default;

void Typing::may_be_absent(std::size_t lookup) { state_->scope.lookup_may_be_absent[lookup] = true; }

void Typing::add_derive(std::size_t derive, NodePtr tree, std::size_t owner) {
  state_->scope.derive_roots[derive] = Root{std::move(tree), Use::derived, owner};
}

void Typing::add(NodePtr tree, Use use, std::size_t owner) {
  state_->scope.roots.push_back({std::move(tree), use, owner});
}

std::vector<std::pair<std::size_t, Problem>> Typing::resolve() {
  Scope& scope = state_->scope;
  bind_names(scope);
  order_derives(scope);
  infer_types(scope);
  check_types(scope);
  std::stable_sort(scope.problems.begin(), scope.problems.end(),
                   [](const auto& a, const auto& b) {
                     if (a.first != b.first) return a.first < b.first;
                     return a.second.span.begin < b.second.span.begin;
                   });
  return scope.problems;
}

std::vector<std::pair<std::size_t, Problem>> Typing::doubts() const {
  return find_doubts(state_->scope);
}

const std::vector<Field>& Typing::fields() const { return state_->scope.fields; }

const std::vector<Typing::LookupColumn>& Typing::lookup_columns() const {
  return state_->scope.lookup_columns;
}

}  // namespace tallymill::expression
