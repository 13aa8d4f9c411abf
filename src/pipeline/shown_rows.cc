#include "pipeline/shown_rows.h"

#include <algorithm>
#include <span>
#include <utility>

#include "model/generated_value.h"
#include "model/value_text.h"

namespace tallymill {

ShownRows::ShownRows(const AggregationSpec& spec, const Rows& rows) : spec_(spec), rows_(rows) {
  const TablePlan& plan = spec.plan;
  for (std::size_t i = 0; i < plan.key.size(); ++i) {
    add({plan.key[i].name, plan.key[i].type, ShownColumn::Kind::key}, {i, nullptr});
  }
  std::size_t cell = plan.key.size();
  std::vector<std::pair<ShownColumn, Origin>> parts;
  for (const ColumnSpec& column : spec.columns) {
    for (const PartColumn& part : column.shape.parts) {
      // A part that bears its column's name is the column's value.
      if (part.name == column.name) {
        add({part.name, part.type, ShownColumn::Kind::value}, {cell, nullptr});
      } else {
        parts.push_back({{part.name, part.type, ShownColumn::Kind::part}, {cell, nullptr}});
      }
      ++cell;
    }
    if (const auto& value = column.shape.value) {
      add({value->name, value->type, ShownColumn::Kind::value}, {0, &*value});
    }
  }
  for (const GeneratedColumn& formula : plan.generated) {
    const bool is_shown = std::any_of(columns_.begin(), columns_.end(), [&](const ShownColumn& column) {
      return column.name == formula.name;
    });
    if (!is_shown) add({formula.name, formula.type, ShownColumn::Kind::value}, {0, &formula});
  }
  for (auto& [shown, origin] : parts) add(std::move(shown), origin);
}

void ShownRows::add(ShownColumn column, Origin origin) {
  columns_.push_back(std::move(column));
  origins_.push_back(origin);
}

std::vector<ShownCell> ShownRows::read(std::size_t row) {
  rows_.read(row, cells_);
  const std::span<const Value> parts = std::span<const Value>(cells_).subspan(spec_.plan.key.size());
  std::vector<ShownCell> shown;
  for (const Origin& origin : origins_) {
    if (origin.generated == nullptr) {
      const Value& value = cells_[origin.cell];
      shown.push_back({text_of(value), value.absent()});
      continue;
    }
    const auto value = generated_value(*origin.generated, spec_.plan, parts);
    shown.push_back({value.value_or("null"), !value});
  }
  return shown;
}

}  // namespace tallymill
