#include "config/formula.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "expression/literal.h"
#include "expression/nearest.h"

namespace tallymill {
namespace {

using expression::Node;
using expression::NodeKind;

// What a generated column may come to once everything is inlined.
constexpr std::size_t max_nodes = 1000;
constexpr int max_depth = 64;
constexpr int max_chain = 64;  // Columns that use columns that use columns ...

bool is_number(SqlType type) {
  return type == SqlType::bigint || type == SqlType::numeric || type == SqlType::double_precision;
}

std::size_t count_nodes(const Formula& formula) {
  std::size_t nodes = 1;
  for (const Formula& operand : formula.operands) nodes += count_nodes(operand);
  return nodes;
}

Formula::Kind kind_of(std::string_view op) {
  if (op == "+") return Formula::Kind::add;
  if (op == "-") return Formula::Kind::subtract;
  if (op == "*") return Formula::Kind::multiply;
  return Formula::Kind::divide;
}

bool is_zero(const Formula& formula) {
  return formula.kind == Formula::Kind::number &&
         formula.text.find_first_of("123456789") == std::string::npos;
}

}  // namespace

void FormulaResolver::wrong(const Node& node, const ColumnDraft& column, const std::string& message) {
  report(expressions_.texts[column.expression], node.span, message, loading_);
}

const ColumnDraft* FormulaResolver::find(const std::string& name) const {
  for (const ColumnDraft& column : draft_.columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

std::optional<GeneratedColumn> FormulaResolver::resolve(const ColumnDraft& column) {
  std::optional<Worth> worth = worth_of(column);
  if (!worth) return std::nullopt;
  return GeneratedColumn{column.name, worth->type, std::move(worth->formula)};
}

std::optional<FormulaResolver::Worth> FormulaResolver::worth_of(const ColumnDraft& column) {
  State& state = states_[column.name];
  if (state.done) return state.worth;
  state.entered = true;
  ++level_;
  if (column.kind == ColumnDraft::Kind::aggregate) state.worth = worth_of_aggregate(column);
  if (column.kind == ColumnDraft::Kind::formula) {
    state.worth = convert(*expressions_.tree(column.expression), column);
  }
  --level_;
  state.done = true;
  return state.worth;
}

std::optional<FormulaResolver::Worth> FormulaResolver::worth_of_aggregate(const ColumnDraft& column) {
  const auto shape = shapes_.find(column.name);
  if (shape == shapes_.end()) return std::nullopt;
  if (const auto& value = shape->second.value) {
    return Worth{value->formula, value->type, count_nodes(value->formula), 2};
  }
  const PartColumn& part = shape->second.parts.front();
  if (!is_number(part.type)) return std::nullopt;
  const bool is_double = part.type == SqlType::double_precision;
  return Worth{{Formula::Kind::part, part.name, {}},
               is_double ? SqlType::double_precision : SqlType::numeric, 1, 1};
}

std::optional<FormulaResolver::Worth> FormulaResolver::convert(const Node& node,
                                                               const ColumnDraft& column) {
  switch (node.kind) {
    case NodeKind::literal: {
      std::string spelling = expression::canonical_spelling(node);
      if (spelling.substr(0, 1) != "-") return Worth{{Formula::Kind::number, std::move(spelling), {}}, SqlType::numeric, 1, 1};
      Formula number{Formula::Kind::number, spelling.substr(1), {}};
      return Worth{{Formula::Kind::negate, "", {std::move(number)}}, SqlType::numeric, 2, 2};
    }
    case NodeKind::path: return refer(node, column);
    default: return join(node, column);
  }
}

std::optional<FormulaResolver::Worth> FormulaResolver::refer(const Node& node,
                                                             const ColumnDraft& column) {
  const std::string& name = node.parts[0];
  const ColumnDraft* other = find(name);
  if (other == nullptr) {
    const bool is_key = name == "window_start" ||
                        std::any_of(draft_.keys.begin(), draft_.keys.end(),
                                    [&name](const KeyDraft& key) { return key.name == name; });
    std::vector<std::string_view> names;
    for (const ColumnDraft& each : draft_.columns) names.push_back(each.name);
    std::string message = name + (is_key ? " is part of the key; a formula uses columns"
                                         : " is no column of this table; a formula uses columns, and an "
                                           "aggregate such as sum(" + name + ") makes one");
    if (const auto meant = expression::nearest(name, names); meant && !is_key) {
      message = name + " is no column of this table; did you mean " + std::string(*meant) + "?";
    }
    wrong(node, column, message);
    return std::nullopt;
  }
  const State& state = states_[name];
  if (state.entered && !state.done) {
    wrong(node, column, other == &column ? "the formula uses itself"
                                         : name + " is calculated from " + column.name +
                                               ", so neither can be calculated");
    return std::nullopt;
  }
  if (level_ >= max_chain && !state.done) {
    wrong(node, column, "formulas that use formulas go on for more than " + std::to_string(max_chain) +
                            " columns");
    return std::nullopt;
  }
  std::optional<Worth> worth = worth_of(*other);
  const auto shape = shapes_.find(name);
  if (!worth && shape != shapes_.end()) {
    wrong(node, column, name + " is no number, so nothing can be calculated from it");
  }
  return worth;
}

std::optional<FormulaResolver::Worth> FormulaResolver::join(const Node& node,
                                                            const ColumnDraft& column) {
  Worth joined;
  joined.formula.kind = node.kind == NodeKind::unary ? Formula::Kind::negate : kind_of(node.text);
  bool complete = true;
  for (const expression::NodePtr& operand : node.operands) {
    std::optional<Worth> worth = convert(*operand, column);
    if (!worth) {
      complete = false;
      continue;
    }
    joined.nodes += worth->nodes;
    joined.depth = std::max(joined.depth, worth->depth + 1);
    if (worth->type == SqlType::double_precision) joined.type = SqlType::double_precision;
    joined.formula.operands.push_back(std::move(worth->formula));
  }
  if (!complete) return std::nullopt;
  if (joined.formula.kind == Formula::Kind::divide && is_zero(joined.formula.operands[1])) {
    wrong(*node.operands[1], column, "this divides by zero, so the column would always be null");
    return std::nullopt;
  }
  if (joined.nodes > max_nodes || joined.depth > max_depth) {
    wrong(node, column, "the formula is too large once the columns that it uses are put into it");
    return std::nullopt;
  }
  return joined;
}

}  // namespace tallymill
