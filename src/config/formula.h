#pragma once

// Columns that are formulas over other columns: each becomes a formula over stored parts alone,
// since a generated column in Postgres cannot refer to another.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/aggregation_draft.h"
#include "config/loading.h"
#include "model/table_plan.h"

namespace tallymill {

// Resolves the formulas of one aggregation. Not thread-safe. What it is given outlives it.
class FormulaResolver {
 public:
  // `shapes` holds those of the aggregates that have one, by column name.
  FormulaResolver(const AggregationDraft& draft, const std::map<std::string, AggregateShape>& shapes,
                  const Expressions& expressions, Loading& loading)
      : draft_(draft), shapes_(shapes), expressions_(expressions), loading_(loading) {}

  // The generated column of a formula. Nothing if there is a problem, which is reported once.
  [[nodiscard]] std::optional<GeneratedColumn> resolve(const ColumnDraft& column);

 private:
  // What a column is worth in a formula.
  struct Worth {
    Formula formula;
    SqlType type = SqlType::numeric;  // numeric or double_precision.
    std::size_t nodes = 1;
    int depth = 1;
  };
  struct State {
    bool entered = false;
    bool done = false;
    std::optional<Worth> worth;  // Nothing once done: broken.
  };

  std::optional<Worth> worth_of(const ColumnDraft& column);
  std::optional<Worth> worth_of_aggregate(const ColumnDraft& column);
  std::optional<Worth> convert(const expression::Node& node, const ColumnDraft& column);
  std::optional<Worth> refer(const expression::Node& node, const ColumnDraft& column);
  std::optional<Worth> join(const expression::Node& node, const ColumnDraft& column);
  void wrong(const expression::Node& node, const ColumnDraft& column, const std::string& message);
  [[nodiscard]] const ColumnDraft* find(const std::string& name) const;

  const AggregationDraft& draft_;
  const std::map<std::string, AggregateShape>& shapes_;
  const Expressions& expressions_;
  Loading& loading_;
  std::map<std::string, State> states_;
  int level_ = 0;
};

}  // namespace tallymill
