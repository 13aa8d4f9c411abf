#include "config/table_plan_builder.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "config/formula.h"
#include "config/identifier.h"
#include "config/keys.h"
#include "config/section.h"

namespace tallymill {
namespace {

constexpr std::size_t max_columns = 1600;  // Of a table in Postgres.
constexpr std::array<std::string_view, 6> system_columns = {"tableoid", "xmin", "cmin",
                                                            "xmax",     "cmax", "ctid"};

SqlType sql_type(Type type) {
  switch (type) {
    case Type::boolean: return SqlType::boolean;
    case Type::int64: return SqlType::bigint;
    case Type::decimal: return SqlType::numeric;
    case Type::float64: return SqlType::double_precision;
    case Type::timestamp: return SqlType::timestamptz;
    default: return SqlType::text;
  }
}

// The names of a table's columns, each once.
class ColumnNames {
 public:
  explicit ColumnNames(Loading& loading) : loading_(loading) {}

  // `what` says what has the name: "the column ctr", "where avg latency keeps its sum".
  void add(const std::string& name, const std::string& what, Spot spot) {
    for (std::string_view reserved : system_columns) {
      if (name == reserved) loading_.problems.error(spot, name + " is a name that Postgres keeps for itself");
    }
    if (name == "window_start" && what != "the window") {
      loading_.problems.error(spot, "window_start is the name of the column that a window adds");
      return;
    }
    const auto [found, added] = names_.emplace(name, what);
    if (added) return;
    loading_.problems.error(spot, "the name " + name + " is taken twice: " + found->second + ", and " + what);
  }

 private:
  Loading& loading_;
  std::map<std::string, std::string> names_;
};

void build_keys(AggregationDraft& draft, const Expressions& expressions, ColumnNames& names) {
  AggregationSpec& spec = draft.spec;
  if (spec.window) {
    names.add("window_start", "the window", draft.name_spot);
    spec.plan.key.push_back({"window_start", SqlType::timestamptz, false});
  }
  for (const KeyDraft& key : draft.keys) {
    if (key.name.empty()) continue;
    names.add(key.name, "the group key " + key.name, key.name_spot);
    if (expressions.broken.count(key.expression) != 0) continue;
    const expression::NodePtr& tree = expressions.tree(key.expression);
    spec.group_by.push_back({key.name, tree, tree->type, tree->optional});
    spec.plan.key.push_back({key.name, sql_type(tree->type), tree->optional});
  }
}

std::string type_name(SqlType type) {
  const std::vector<std::string_view> words =
      split_words(find_key("pipelines.*.aggregations.*.columns.*.type")->words);
  const auto index = static_cast<std::size_t>(type);
  return index < words.size() ? std::string(words[index]) : "another type";
}

// The shape of an aggregate's column; nothing if it is broken or cannot be stored as asked.
std::optional<AggregateShape> shape_of(const ColumnDraft& column, const Expressions& expressions,
                                       Loading& loading) {
  if (column.kind != ColumnDraft::Kind::aggregate) return std::nullopt;
  if (expressions.broken.count(column.expression) != 0) return std::nullopt;
  const Type argument = column.argument ? column.argument->type : Type::missing;
  auto shape = column.aggregate->shape(column.name, argument, column.stored_as);
  if (shape) return shape;
  const ExpressionText& text = expressions.texts[column.expression];
  const auto usual = column.aggregate->shape(column.name, argument, std::nullopt);
  if (!usual) {
    report(text, text.tree->span, std::string(column.aggregate->name) + " cannot keep values of type " +
                                      std::string(to_string(argument)), loading);
  } else {
    const SqlType type = usual->value ? usual->value->type : usual->parts.front().type;
    report(*column.type_node, "this column cannot be stored so; it is " + type_name(type) +
                                  " without type", loading);
  }
  return std::nullopt;
}

void add_aggregate(const ColumnDraft& column, AggregateShape shape, AggregationSpec& spec,
                   ColumnNames& names, Problems& problems) {
  for (const PartColumn& part : shape.parts) {
    if (part.name != column.name) {
      names.add(part.name, "where " + std::string(column.aggregate->name) + " of " + column.name +
                               " keeps a part of its value", column.name_spot);
      if (part.name.size() > max_identifier_bytes && column.name.size() <= max_identifier_bytes) {
        problems.error(column.name_spot,
                       "the column " + part.name + ", which keeps a part of this value, would have a "
                       "name of more than " + std::to_string(max_identifier_bytes) + " bytes");
      }
    }
    spec.plan.parts.push_back(part);
  }
  if (shape.value) spec.plan.generated.push_back(*shape.value);
  spec.columns.push_back({column.name, column.aggregate, column.argument,
                          column.argument ? column.argument->type : Type::missing, std::move(shape)});
}

}  // namespace

void build_table_plan(AggregationDraft& draft, const Expressions& expressions, Loading& loading) {
  AggregationSpec& spec = draft.spec;
  if (draft.where) spec.where = expressions.tree(*draft.where);
  ColumnNames names(loading);
  build_keys(draft, expressions, names);

  std::map<std::string, AggregateShape> shapes;
  for (const ColumnDraft& column : draft.columns) {
    names.add(column.name, "the column " + column.name, column.name_spot);
    if (auto shape = shape_of(column, expressions, loading)) shapes.emplace(column.name, std::move(*shape));
  }
  FormulaResolver formulas(draft, shapes, expressions, loading);
  for (const ColumnDraft& column : draft.columns) {
    if (const auto shape = shapes.find(column.name); shape != shapes.end()) {
      add_aggregate(column, shape->second, spec, names, loading.problems);
    } else if (column.kind == ColumnDraft::Kind::formula) {
      if (auto generated = formulas.resolve(column)) spec.plan.generated.push_back(std::move(*generated));
    }
  }
  const bool has_aggregate = std::any_of(draft.columns.begin(), draft.columns.end(), [](const auto& column) {
    return column.kind != ColumnDraft::Kind::formula;
  });
  if (!draft.columns.empty() && !has_aggregate) {
    report(*draft.node, "no column is an aggregate; add one, such as count()", loading);
  }
  const std::size_t total = spec.plan.key.size() + spec.plan.parts.size() + spec.plan.generated.size();
  if (total > max_columns) {
    report(*draft.node, "the table would have " + std::to_string(total) + " columns; Postgres allows " +
                            std::to_string(max_columns), loading);
  }
}

}  // namespace tallymill
