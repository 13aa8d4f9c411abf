#include "config/expression_text.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "config/section.h"
#include "config/source_map.h"
#include "config/yaml_trap.h"
#include "expression/names.h"
#include "expression/parser.h"

namespace tallymill {
namespace {

// A mapping or list where an expression should be is most often one that YAML took apart.
void report_structure(const YamlNode& node, Loading& loading) {
  const Document& document = *node.spot.document;
  const std::string_view line = document.line(node.spot.offset);
  std::string_view text = line.substr(
      std::min(node.spot.offset - document.line_begin(node.spot.offset), line.size()));
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  const bool is_map = node.kind == YamlNode::Kind::map;
  std::string problem = "an expression is expected here, and YAML reads this as a ";
  problem += is_map ? "mapping" : "list";
  if (is_map && !node.flow) {
    problem += ", because of the colon and space in it; put the whole of it in quotes: " + quoted(text);
  } else {
    problem += "; if it is an expression, put the whole of it in quotes";
  }
  report(node, problem, loading);
}

}  // namespace

Spot ExpressionText::at(expression::Span span) const {
  if (span.begin >= offsets.size()) return node->spot;
  return {node->spot.document, offsets[span.begin]};
}

void report(const ExpressionText& text, expression::Span span, const std::string& message,
            Loading& loading) {
  loading.problems.error(text.at(span), text.node->path + ": " + message);
}

std::optional<ExpressionText> read_expression(const YamlNodePtr& node, Loading& loading) {
  if (node->kind == YamlNode::Kind::map || node->kind == YamlNode::Kind::list) {
    report_structure(*node, loading);
    return std::nullopt;
  }
  const std::optional<Scalar> scalar = read_scalar(*node, "expression", loading);
  if (!scalar) return std::nullopt;
  if (scalar->text.find_first_not_of(" \t\r\n") == std::string::npos) {
    report(*node, "the expression is empty", loading);
    return std::nullopt;
  }
  ExpressionText text{node, nullptr, {}};
  if (scalar->in_place) {
    const Document& document = *node->spot.document;
    text.offsets = map_to_source(document.text(), node->spot.offset, node->text)
                       .value_or(std::vector<std::size_t>{});
  }
  auto parsed = expression::parse(scalar->text);
  if (const auto* problem = std::get_if<expression::Problem>(&parsed)) {
    std::string message = problem->message;
    if (node->plain && scalar->in_place) {
      const auto cut = find_cut_value(*node->spot.document, node->spot.offset, node->text);
      if (cut) {
        report(*node, cut->message, loading);
        loading.problems.explain(node->spot, cut->end);
        return std::nullopt;
      }
      const std::string hint =
          comment_hint(*node->spot.document, node->spot.offset, node->text);
      if (!hint.empty()) message += "; " + hint;
    }
    report(text, problem->span, message, loading);
    return std::nullopt;
  }
  text.tree = std::get<expression::NodePtr>(std::move(parsed));
  return text;
}

std::vector<std::string> parse_field_path(const std::string& text) {
  const auto parsed = expression::parse(text);
  const auto* tree = std::get_if<expression::NodePtr>(&parsed);
  if (tree == nullptr || (*tree)->kind != expression::NodeKind::path) return {};
  if (!(*tree)->escaped && expression::find_metadata((*tree)->parts[0]) != nullptr) return {};
  return (*tree)->parts;
}

}  // namespace tallymill
