#pragma once

// What the configuration has to know of an aggregate: its name, what it takes, and which columns
// keep its state. The table of all aggregates is aggregate/catalog.cc; config/ is handed it.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/table_plan.h"
#include "model/value.h"

namespace tallymill {

enum class AggregateArgument : std::uint8_t {
  nothing_or_condition,  // count(), count(condition)
  condition,             // ratio(condition)
  numeric,               // int64, decimal or float64: sum(x), avg(x)
  ordered,               // any type: min(x), max(x)
  any,                   // any type: last(x)
};

// The columns that keep one aggregate column's state and, where the value is not itself a stored
// part, the formula that gives it.
struct AggregateShape {
  std::vector<PartColumn> parts;
  std::optional<GeneratedColumn> value;
};

struct AggregateSignature {
  std::string_view name;
  AggregateArgument argument;
  std::string_view documentation;  // One sentence.
  std::string_view example;        // "sum(cost)"

  // The shape of `column` for an argument of type `argument_type` (Type::missing for count()).
  // `stored_as` is what the configuration asks for instead of the default (`type: bigint`).
  // Returns nothing if the aggregate cannot be stored so.
  std::optional<AggregateShape> (*shape)(std::string_view column, Type argument_type,
                                         std::optional<SqlType> stored_as);
};

using AggregateCatalog = std::span<const AggregateSignature>;

}  // namespace tallymill
