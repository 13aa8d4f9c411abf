#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "expression/functions.h"
#include "expression/literal.h"
#include "expression/names.h"
#include "expression/nearest.h"
#include "expression/regex.h"
#include "expression/scope.h"

namespace tallymill::expression {
namespace {

class Binder {
 public:
  Binder(Scope& scope, std::size_t owner) : scope_(scope), owner_(owner) {}

  void bind(Node& node) {
    if (node.kind == NodeKind::binary && node.text == "in") return bind_in(node);
    for (const NodePtr& operand : node.operands) bind(*operand);
    switch (node.kind) {
      case NodeKind::list:
        return broken(node, node.span, "a list can stand only on the right of in");
      case NodeKind::path: return bind_path(node);
      case NodeKind::call: return bind_call(node);
      case NodeKind::lookup: return bind_lookup(node);
      case NodeKind::binary: return bind_equality(node);
      default: return;
    }
  }

 private:
  void broken(Node& node, Span span, std::string message) {
    scope_.report(owner_, span, std::move(message));
    scope_.broken.insert(&node);
  }

  // The expression asks whether this operand is there.
  void ask(const Node& node) {
    if (node.kind == NodeKind::path && node.binding == Node::Binding::field)
      scope_.facts[node.index].asked = true;
  }

  void bind_equality(const Node& node) {
    if (node.text != "==" && node.text != "!=") return;
    if (is_null_literal(*node.operands[1])) ask(*node.operands[0]);
    if (is_null_literal(*node.operands[0])) ask(*node.operands[1]);
  }

  void bind_in(Node& node) {
    bind(*node.operands[0]);
    Node& list = *node.operands[1];
    if (list.kind != NodeKind::list) {
      bind(list);
      return broken(node, list.span, "in takes a list on its right, as in a in [\"b\", \"c\"]");
    }
    if (list.operands.empty()) return broken(node, list.span, "the list is empty");
    for (const NodePtr& element : list.operands) {
      bind(*element);
      if (is_null_literal(*element)) ask(*node.operands[0]);
    }
  }

  void bind_path(Node& node) {
    const std::string& root = node.parts[0];
    if (!node.escaped) {
      if (const Metadata* found = find_metadata(root)) return bind_metadata(node, *found);
      auto derive = std::find(scope_.derives.begin(), scope_.derives.end(), root);
      if (derive != scope_.derives.end())
        return bind_derive(node, static_cast<std::size_t>(derive - scope_.derives.begin()));
      if (root[0] == '_' && near_metadata(node)) return;
    }
    bind_field(node);
  }

  void bind_metadata(Node& node, const Metadata& found) {
    node.binding = found.binding;
    node.type = found.type;
    std::size_t parts = found.binding == Node::Binding::headers ? 2 : 1;
    if (node.parts.size() == parts) return;
    if (parts == 2) return broken(node, node.span, "a header is written _headers[\"name\"]");
    broken(node, node.part_spans[1], node.parts[0] + " is a " + std::string(to_string(found.type)) +
                                         ", it has no parts");
  }

  void bind_derive(Node& node, std::size_t derive) {
    node.binding = Node::Binding::derive;
    node.index = derive;
    if (node.parts.size() > 1)
      broken(node, node.part_spans[1], node.parts[0] + " is derived, it has no parts; a field of "
                                       "this name is written `" + node.parts[0] + "`");
  }

  bool near_metadata(Node& node) {
    std::vector<std::string_view> names;
    for (const Metadata& entry : metadata) names.push_back(entry.name);
    auto meant = nearest(node.parts[0], names);
    if (!meant) return false;
    broken(node, node.span, "there is no metadata " + node.parts[0] + ", did you mean " +
                                std::string(*meant) + "? A field of this name is written `" +
                                node.parts[0] + "`");
    return true;
  }

  void bind_field(Node& node) {
    node.binding = Node::Binding::field;
    auto same = [&node](const Field& field) { return field.path == node.parts; };
    auto found = std::find_if(scope_.fields.begin(), scope_.fields.end(), same);
    node.index = static_cast<std::size_t>(found - scope_.fields.begin());
    if (found != scope_.fields.end()) return;
    Field field;
    field.path = node.parts;
    for (const Field& other : scope_.fields) {
      if (!nested(other, field) && !nested(field, other)) continue;
      node.binding = Node::Binding::none;
      const Field& inner = nested(other, field) ? field : other;
      const Field& outer = nested(other, field) ? other : field;
      return broken(node, node.span,
                    outer.str() + (outer.declared ? " is declared" : " is used") +
                        " as a value, so that it cannot have the part " + inner.str());
    }
    scope_.fields.push_back(std::move(field));
    FieldFacts facts;
    facts.owner = owner_;
    facts.first_use = node.span;
    scope_.facts.push_back(std::move(facts));
  }

  static bool nested(const Field& outer, const Field& inner) {
    return outer.path.size() < inner.path.size() &&
           std::equal(outer.path.begin(), outer.path.end(), inner.path.begin());
  }

  void bind_call(Node& node) {
    Span name = node.part_spans.empty() ? node.span : node.part_spans[0];
    const Function* function = find_function(node.text);
    if (function == nullptr) return broken(node, name, unknown_function_message(node.text));
    if (function->form == CallForm::global && node.member_call)
      return broken(node, name, "this is written " + node.text + "(...), as in " +
                                    std::string(function->example));
    if (function->form == CallForm::member && !node.member_call)
      return broken(node, name, "this is written behind its string, as in " +
                                    std::string(function->example));
    std::size_t count = node.operands.size();
    bool few = count < function->min_arguments;
    if (few || (function->max_arguments != Function::any_number && count > function->max_arguments))
      return broken(node, name, node.text + (few ? "() has too few" : "() has too many") +
                                    " arguments; it is used as in " +
                                    std::string(function->example));
    if (function->id == FunctionId::has) return bind_has(node);
    if (function->id == FunctionId::matches) return try_pattern(node);
    if (function->id == FunctionId::coalesce)
      for (const NodePtr& operand : node.operands) ask(*operand);
  }

  void bind_has(Node& node) {
    const Node& operand = *node.operands[0];
    if (operand.kind != NodeKind::path && operand.kind != NodeKind::lookup)
      return broken(node, operand.span, "has() takes a field, a header or a lookup's column");
    ask(operand);
  }

  void try_pattern(Node& node) {
    const Node& pattern = *node.operands[1];
    if (pattern.kind != NodeKind::literal || !pattern.value.is(Type::string))
      return broken(node, pattern.span,
                    "the pattern of matches() must be a string written out, so that it is compiled "
                    "only once");
    auto regex = Regex::compile(pattern.text);
    if (const auto* problem = std::get_if<std::string>(&regex))
      broken(node, pattern.span, "this is no regular expression (RE2): " + *problem);
  }

  void bind_lookup(Node& node) {
    auto found = std::find(scope_.lookups.begin(), scope_.lookups.end(), node.parts[0]);
    if (found == scope_.lookups.end()) {
      std::vector<std::string_view> names(scope_.lookups.begin(), scope_.lookups.end());
      auto meant = nearest(node.parts[0], names);
      std::string message = "there is no lookup " + node.parts[0];
      if (meant) message += ", did you mean " + std::string(*meant) + "?";
      if (names.empty()) message += "; this pipeline has no lookups";
      return broken(node, node.part_spans[0], std::move(message));
    }
    node.index = static_cast<std::size_t>(found - scope_.lookups.begin());
    node.slot = 0;
    for (const Typing::LookupColumn& column : scope_.lookup_columns) {
      if (column.lookup != node.index) continue;
      if (column.column == node.parts[1]) return;
      ++node.slot;
    }
    scope_.lookup_columns.push_back({node.index, node.parts[1], owner_, node.part_spans[1]});
  }

  Scope& scope_;
  std::size_t owner_;
};

}  // namespace

void bind_names(Scope& scope) {
  for (const auto& root : scope.derive_roots)
    if (root) Binder(scope, root->owner).bind(*root->tree);
  for (const Root& root : scope.roots) Binder(scope, root.owner).bind(*root.tree);
  for (std::size_t i = 0; i < scope.fields.size(); ++i)
    if (!scope.fields[i].declared && scope.facts[i].asked) scope.fields[i].optional = true;
}

}  // namespace tallymill::expression
