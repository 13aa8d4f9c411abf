#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aggregate/catalog.h"
#include "daemon/reference/markdown.h"
#include "daemon/reference/pages.h"
#include "sink/postgres/encode.h"

namespace tallymill::reference {
namespace {

constexpr std::array all_types{Type::boolean, Type::int64,  Type::decimal,
                               Type::float64, Type::string, Type::timestamp};
constexpr std::array all_sql_types{SqlType::boolean, SqlType::bigint,      SqlType::numeric, SqlType::double_precision,
                                   SqlType::text,    SqlType::timestamptz, SqlType::jsonb,   SqlType::bytea};

// Type::missing stands for no argument.
std::vector<Type> types_of(const AggregateSignature& aggregate) {
  switch (aggregate.argument) {
    case AggregateArgument::nothing_or_condition: return {Type::missing, Type::boolean};
    case AggregateArgument::condition: return {Type::boolean};
    case AggregateArgument::numeric: return {Type::int64, Type::decimal, Type::float64};
    case AggregateArgument::ordered:
    case AggregateArgument::any: break;
  }
  return {all_types.begin(), all_types.end()};
}

std::string_view argument_text(AggregateArgument argument) {
  switch (argument) {
    case AggregateArgument::nothing_or_condition: return "nothing, or a condition";
    case AggregateArgument::condition: return "a condition";
    case AggregateArgument::numeric: return "int, decimal or double";
    case AggregateArgument::ordered:
    case AggregateArgument::any: break;
  }
  return "any type";
}

std::string column(std::string_view name, SqlType type) {
  return code(name) + " " + std::string(postgres::sql_name(type));
}

std::string shape_text(const AggregateShape& shape) {
  std::string text;
  for (const PartColumn& part : shape.parts) text += (text.empty() ? "" : ", ") + column(part.name, part.type);
  if (shape.value) text += ", and " + column(shape.value->name, shape.value->type) + " calculated from them";
  return text;
}

// The columns by type of argument, types of the same columns together.
std::vector<std::pair<std::string, std::string>> stored(const AggregateSignature& aggregate) {
  std::vector<std::pair<std::string, std::string>> columns;
  for (const Type type : types_of(aggregate)) {
    const auto shape = aggregate.shape("x", type, std::nullopt);
    if (!shape) continue;
    const std::string text = shape_text(*shape);
    const std::string name(type == Type::missing ? "no argument" : to_string(type));
    if (!columns.empty() && columns.back().second == text) {
      columns.back().first += ", " + name;
    } else {
      columns.emplace_back(name, text);
    }
  }
  return columns;
}

// Other types that `type:` may ask for: "bigint of int".
std::string on_request(const AggregateSignature& aggregate) {
  std::string text;
  for (const Type type : types_of(aggregate)) {
    const auto usual = aggregate.shape("x", type, std::nullopt);
    for (const SqlType wanted : all_sql_types) {
      const auto shape = aggregate.shape("x", type, wanted);
      if (!shape || !usual || shape_text(*shape) == shape_text(*usual)) continue;
      text += (text.empty() ? "" : ", ") + code(postgres::sql_name(wanted)) + " of " + std::string(to_string(type));
    }
  }
  return text;
}

}  // namespace

std::string aggregates_page() {
  Markdown page;
  page.heading(1, "Aggregates");
  page.paragraph("What a column may be, beside formulas over other columns. Null and missing values do not "
                 "count. The names of the columns that keep a state are taken: no other column of the table can "
                 "have them. More in [Configuration](../configuration.md#columns).");
  for (const AggregateSignature& each : aggregate_catalog()) {
    page.heading(2, code(each.name));
    page.paragraph(each.documentation);
    page.item("Takes " + std::string(argument_text(each.argument)) + ".");
    page.item("For example " + code("x: " + std::string(each.example)) + ".");
    const auto columns = stored(each);
    for (const auto& [types, text] : columns) {
      page.item("Stored as " + text + (columns.size() > 1 ? ", of " + types : "") + ".");
    }
    const std::string request = on_request(each);
    if (!request.empty()) page.item("With `type` also " + request + ".");
  }
  return page.text();
}

}  // namespace tallymill::reference
