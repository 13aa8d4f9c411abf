#include "expression/type_hints.h"

#include "expression/operation.h"

namespace tallymill::expression {

std::string declared_hint(const Scope& scope, const Node& node) {
  if (node.kind != NodeKind::path || node.binding != Node::Binding::field) return "";
  const Field& field = scope.fields[node.index];
  const FieldFacts& facts = scope.facts[node.index];
  if (field.declared || facts.forced_by.empty()) return "";
  return " (" + field.str() + " is taken for " + std::string(to_string(field.type)) +
         " because of " + facts.forced_by + "; declare it under fields if it is not)";
}

std::string declared_hint(const Scope& scope, const Node& a, const Node& b) {
  std::string hint = declared_hint(scope, a);
  return hint.empty() ? declared_hint(scope, b) : hint;
}

std::string conversion_hint(const Node& a, const Node& b) {
  auto convert = [](std::string_view to, const Node& node) {
    return "; write " + std::string(to) + "(" + excerpt(node) + ")";
  };
  if (a.type == Type::float64 && is_number(b.type)) return convert("double", b);
  if (b.type == Type::float64 && is_number(a.type)) return convert("double", a);
  if (a.type == Type::timestamp && b.type == Type::string) return convert("timestamp", b);
  if (b.type == Type::timestamp && a.type == Type::string) return convert("timestamp", a);
  if ((a.type == Type::timestamp && is_number(b.type)) ||
      (b.type == Type::timestamp && is_number(a.type)))
    return "; write timestamp(\"2026-01-01T00:00:00Z\")";
  return "";
}

std::string undecided_field_message(const Field& field, std::string_view type) {
  std::string key = field.str();
  if (key.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") !=
      std::string::npos)
    key = "'" + key + "'";
  return "nothing says what type " + field.str() + " has; add it to the source, as in \"fields: {" +
         key + ": " + std::string(type) + "}\"";
}

}  // namespace tallymill::expression
