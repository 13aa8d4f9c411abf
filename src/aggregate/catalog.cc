#include "aggregate/catalog.h"

#include <array>
#include <string>

#include "aggregate/make_accumulator.h"
#include "base/check.h"

namespace tallymill {
namespace {

using Shape = std::optional<AggregateShape>;

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

// Exact unless the argument is a double; Postgres's own sum(bigint) is numeric too.
SqlType sum_type(Type argument) {
  return argument == Type::float64 ? SqlType::double_precision : SqlType::numeric;
}

std::string named(std::string_view column, const char* suffix) {
  return std::string(column) + suffix;
}

GeneratedColumn quotient(std::string_view column, SqlType type, const PartColumn& dividend,
                         const PartColumn& divisor) {
  Formula formula{Formula::Kind::divide, "", {}};
  formula.operands.push_back({Formula::Kind::part, dividend.name, {}});
  formula.operands.push_back({Formula::Kind::part, divisor.name, {}});
  return {std::string(column), type, std::move(formula)};
}

Shape count_shape(std::string_view column, Type /*argument*/, std::optional<SqlType> stored_as) {
  if (stored_as.value_or(SqlType::bigint) != SqlType::bigint) return std::nullopt;
  return AggregateShape{{{std::string(column), SqlType::bigint, Merge::add, true}}, std::nullopt};
}

Shape sum_shape(std::string_view column, Type argument, std::optional<SqlType> stored_as) {
  const SqlType usual = sum_type(argument);
  const SqlType type = stored_as.value_or(usual);
  const bool bigint_on_request = type == SqlType::bigint && argument == Type::int64;
  if (type != usual && !bigint_on_request) return std::nullopt;
  return AggregateShape{{{std::string(column), type, Merge::add, false}}, std::nullopt};
}

Shape extreme_shape(std::string_view column, Type argument, std::optional<SqlType> stored_as,
                    Merge merge) {
  const SqlType type = sql_type(argument);
  if (stored_as.value_or(type) != type) return std::nullopt;
  return AggregateShape{{{std::string(column), type, merge, false}}, std::nullopt};
}
Shape min_shape(std::string_view column, Type argument, std::optional<SqlType> stored_as) {
  return extreme_shape(column, argument, stored_as, Merge::least);
}
Shape max_shape(std::string_view column, Type argument, std::optional<SqlType> stored_as) {
  return extreme_shape(column, argument, stored_as, Merge::greatest);
}

Shape avg_shape(std::string_view column, Type argument, std::optional<SqlType> stored_as) {
  const SqlType type = sum_type(argument);
  if (stored_as.value_or(type) != type) return std::nullopt;
  const PartColumn sum{named(column, "_sum"), type, Merge::add, false};
  const PartColumn count{named(column, "_count"), SqlType::bigint, Merge::add, true};
  return AggregateShape{{sum, count}, quotient(column, type, sum, count)};
}

Shape ratio_shape(std::string_view column, Type /*argument*/, std::optional<SqlType> stored_as) {
  if (stored_as.value_or(SqlType::numeric) != SqlType::numeric) return std::nullopt;
  const PartColumn hits{named(column, "_hits"), SqlType::bigint, Merge::add, true};
  const PartColumn total{named(column, "_total"), SqlType::bigint, Merge::add, true};
  return AggregateShape{{hits, total}, quotient(column, SqlType::numeric, hits, total)};
}

Shape last_shape(std::string_view column, Type argument, std::optional<SqlType> stored_as) {
  const SqlType type = sql_type(argument);
  if (stored_as.value_or(type) != type) return std::nullopt;
  return AggregateShape{{{std::string(column), type, Merge::joint, false},
                         {named(column, "_time"), SqlType::timestamptz, Merge::joint, false},
                         {named(column, "_partition"), SqlType::bigint, Merge::joint, false},
                         {named(column, "_offset"), SqlType::numeric, Merge::joint, false}},
                        std::nullopt};
}

struct Row {
  AggregateSignature signature;
  std::unique_ptr<Accumulator> (*make)(const ColumnSpec& column);
};

using Argument = AggregateArgument;

constexpr std::array rows{
    Row{{"count", Argument::nothing_or_condition,
         "Counts records, or those for which a condition is true; null counts as false.",
         "count(event_type == \"click\")", count_shape},
        make_count},
    Row{{"sum", Argument::numeric,
         "Adds up values, exactly unless they are doubles; null until there is one.", "sum(cost)",
         sum_shape},
        make_sum},
    Row{{"min", Argument::ordered, "Keeps the lowest value.", "min(latency_ms)", min_shape},
        make_min},
    Row{{"max", Argument::ordered, "Keeps the highest value.", "max(latency_ms)", max_shape},
        make_max},
    Row{{"avg", Argument::numeric,
         "Averages values; the sum and the number of values are stored beside it.",
         "avg(latency_ms)", avg_shape},
        make_avg},
    Row{{"ratio", Argument::condition,
         "The share of records for which a condition is true; hits and total are stored beside it.",
         "ratio(level == \"ERROR\")", ratio_shape},
        make_ratio},
    Row{{"last", Argument::any,
         "Keeps the latest value by event time, and where it came from beside it.", "last(message)",
         last_shape},
        make_last},
};

}  // namespace

AggregateCatalog aggregate_catalog() {
  static const auto signatures = [] {
    std::array<AggregateSignature, rows.size()> all{};
    for (std::size_t i = 0; i < rows.size(); ++i) all[i] = rows[i].signature;
    return all;
  }();
  return signatures;
}

std::unique_ptr<Accumulator> make_accumulator(const ColumnSpec& column) {
  for (const Row& row : rows) {
    if (row.signature.name == column.aggregate->name) return row.make(column);
  }
  CHECK(false, "every aggregate that a specification names is in the catalog");
  return nullptr;
}

}  // namespace tallymill
