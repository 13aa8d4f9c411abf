#include "config/column_reader.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/identifier.h"
#include "config/section.h"
#include "expression/functions.h"
#include "expression/nearest.h"

namespace tallymill {
namespace {

using expression::Node;
using expression::NodeKind;

constexpr std::array<std::string_view, 12> later_aggregates = {
    "stddev",   "variance", "first",    "max_by",      "min_by",           "distinct",
    "quantile", "top_k",    "count_by", "decayed_sum", "decayed_count_by", "median"};

const AggregateSignature* find_aggregate(std::string_view name, AggregateCatalog catalog) {
  for (const AggregateSignature& each : catalog) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

bool is_call_of_aggregate(const Node& node, AggregateCatalog catalog) {
  return node.kind == NodeKind::call && !node.member_call &&
         (find_aggregate(node.text, catalog) != nullptr || is_later_aggregate(node.text));
}

std::string unknown_aggregate_message(std::string_view name, AggregateCatalog catalog) {
  std::vector<std::string_view> names;
  for (const AggregateSignature& each : catalog) names.push_back(each.name);
  if (expression::find_function(name) != nullptr) {
    return "a column is an aggregate or a formula over other columns, and " + std::string(name) +
           " is a function of one record; give what it makes to an aggregate, such as last(...)";
  }
  return "there is no aggregate " + std::string(name) + expression::hint(name, names, "the aggregates are");
}

// Finds what a formula cannot hold; names are looked at when all columns are known. True if there
// was something.
bool check_formula(const Node& node, const ExpressionText& text, Loading& loading) {
  const auto wrong = [&](std::string message) {
    report(text, node.span, message, loading);
    return true;
  };
  switch (node.kind) {
    case NodeKind::literal:
      if (!node.value.is(Type::int64) && !node.value.is(Type::float64)) {
        return wrong("a formula over columns calculates with numbers");
      }
      return false;
    case NodeKind::path:
      if (node.parts.size() > 1) return wrong("a formula uses columns of this table, and a column has no parts");
      return false;
    case NodeKind::call:
      if (is_call_of_aggregate(node, loading.aggregates)) {
        return wrong("an aggregate stands alone in its column; give " + node.text +
                     "(...) a column of its own and use that column's name here");
      }
      return wrong(unknown_aggregate_message(node.text, loading.aggregates));
    case NodeKind::unary:
      if (node.text != "-") break;
      return check_formula(*node.operands[0], text, loading);
    case NodeKind::binary: {
      if (node.text.size() != 1 || std::string_view("+-*/").find(node.text) == std::string_view::npos) break;
      const bool left = check_formula(*node.operands[0], text, loading);
      return check_formula(*node.operands[1], text, loading) || left;
    }
    case NodeKind::conditional:
    case NodeKind::list:
    case NodeKind::lookup: break;
  }
  return wrong("a column is an aggregate such as sum(cost), or a formula over other columns with "
               "+ - * / and numbers");
}

// Sets the aggregate and its argument from the call that is the whole column.
void read_aggregate(const Node& call, const ExpressionText& text, ColumnDraft& column,
                    Loading& loading) {
  const AggregateSignature* aggregate = find_aggregate(call.text, loading.aggregates);
  if (aggregate == nullptr) {
    report(text, call.span, "the aggregate " + call.text + " comes in a later version", loading);
    return;
  }
  const bool may_be_empty = aggregate->argument == AggregateArgument::nothing_or_condition;
  const std::size_t given = call.operands.size();
  if (given > 1 || (given == 0 && !may_be_empty)) {
    report(text, call.span,
           std::string(aggregate->name) + " takes " + (may_be_empty ? "at most " : "") +
               "one argument, as in " + std::string(aggregate->example),
           loading);
    return;
  }
  column.aggregate = aggregate;
  if (given == 1) column.argument = call.operands[0];
  column.kind = ColumnDraft::Kind::aggregate;
}

}  // namespace

bool is_later_aggregate(std::string_view name) {
  return std::find(later_aggregates.begin(), later_aggregates.end(), name) != later_aggregates.end();
}

ColumnDraft read_column(const YamlEntry& entry, Expressions& expressions, Loading& loading) {
  ColumnDraft column;
  column.name = entry.key;
  column.name_spot = entry.key_spot;
  const std::string problem = identifier_problem(entry.key);
  if (!problem.empty()) {
    loading.problems.error(entry.key_spot, "the column's name " + shown_text(entry.key) + " " + problem);
  }
  YamlNodePtr value = entry.value;
  const bool has_long_form = value->kind == YamlNode::Kind::map && value->find("value") != nullptr;
  if (has_long_form || (value->kind == YamlNode::Kind::map && value->find("type") != nullptr)) {
    const Section section(loading, value, "pipelines.*.aggregations.*.columns.*", *value);
    value = section.find("value");
    column.stored_as = section.word<SqlType>("type");
    column.type_node = section.find("type");
  }
  if (value == nullptr) return column;
  auto text = read_expression(value, loading);
  if (!text) return column;
  const Node& tree = *text->tree;
  if (is_call_of_aggregate(tree, loading.aggregates)) {
    read_aggregate(tree, *text, column, loading);
  } else if (!check_formula(tree, *text, loading)) {
    column.kind = ColumnDraft::Kind::formula;
    if (column.type_node != nullptr) {
      report(*column.type_node, "a formula's type follows from its columns; type is for aggregates",
             loading);
    }
  }
  column.expression = expressions.add(std::move(*text));
  return column;
}

}  // namespace tallymill
