#pragma once

// Group tables for tests: columns named by aggregate and type, and rows as one line of text.

#include <cstdio>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aggregate/catalog.h"
#include "aggregate/group_table.h"
#include "config/spec.h"
#include "model/key.h"

namespace tallymill {

inline const AggregateSignature& aggregate_named(std::string_view name) {
  for (const AggregateSignature& one : aggregate_catalog()) {
    if (one.name == name) return one;
  }
  throw std::invalid_argument("no aggregate " + std::string(name));
}

// The types that an aggregate takes; Type::missing for no argument at all.
inline std::vector<Type> types_of(const AggregateSignature& aggregate) {
  switch (aggregate.argument) {
    case AggregateArgument::nothing_or_condition: return {Type::missing, Type::boolean};
    case AggregateArgument::condition: return {Type::boolean};
    case AggregateArgument::numeric: return {Type::int64, Type::decimal, Type::float64};
    case AggregateArgument::ordered:
    case AggregateArgument::any:
      return {Type::boolean, Type::int64,  Type::decimal,
              Type::float64, Type::string, Type::timestamp};
  }
  return {};
}

// Adds a column to `spec`.
inline void add_column(AggregationSpec& spec, std::string name, std::string_view aggregate,
                       Type type, std::optional<SqlType> stored_as = std::nullopt) {
  ColumnSpec column;
  column.name = std::move(name);
  column.aggregate = &aggregate_named(aggregate);
  column.argument_type = type;
  column.shape = column.aggregate->shape(column.name, type, stored_as).value();
  spec.plan.parts.insert(spec.plan.parts.end(), column.shape.parts.begin(),
                         column.shape.parts.end());
  spec.columns.push_back(std::move(column));
}

// A table public.t with one column x and no group.
inline AggregationSpec one_column(std::string_view aggregate, Type type,
                                  std::optional<SqlType> stored_as = std::nullopt) {
  AggregationSpec spec;
  spec.name = "t";
  spec.plan.schema = "public";
  spec.plan.table = "t";
  add_column(spec, "x", aggregate, type, stored_as);
  return spec;
}

// One line that differs whenever two values differ in any way that could be seen: a decimal's
// scale, the last bit of a double.
inline std::string show(const Value& value) {
  switch (value.type()) {
    case Type::missing: return "missing";
    case Type::null: return "null";
    case Type::boolean: return value.boolean() ? "true" : "false";
    case Type::int64: return std::to_string(value.int64());
    case Type::decimal: return value.decimal().str();
    case Type::float64: {
      char text[64];
      std::snprintf(text, sizeof text, "%.17g", value.float64());
      return text;
    }
    case Type::string: return "'" + std::string(value.string()) + "'";
    case Type::timestamp: return to_string(value.timestamp());
    case Type::exact_sum: return "wide " + value.exact_sum().str();
    case Type::bytes: return "bytes";
  }
  return "?";
}

inline std::string show(const std::vector<Value>& cells) {
  std::string line;
  for (const Value& cell : cells) line += (line.empty() ? "" : " ") + show(cell);
  return line;
}

// Every row of a table that ends here, one line each.
inline std::string show_rows(GroupTable table) {
  const auto rows = GroupTable::into_rows(std::move(table));
  std::string lines;
  std::vector<Value> cells;
  for (std::size_t row = 0; row < rows->size(); ++row) {
    rows->read(row, cells);
    lines += show(cells) + "\n";
  }
  return lines;
}

inline Coordinates at(std::int64_t seconds, std::int64_t partition = 0, std::int64_t offset = 0) {
  return {Timestamp(seconds * 1000000), Partition(partition), Offset(offset)};
}

inline Decimal dec(std::string_view text) { return Decimal::parse(text).value(); }

}  // namespace tallymill
