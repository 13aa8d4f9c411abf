#include "aggregate/layout.h"

#include "aggregate/make_accumulator.h"
#include "base/check.h"

namespace tallymill {

GroupLayout::GroupLayout(const AggregationSpec& aggregation) : spec(aggregation) {
  for (const ColumnSpec& column : spec.columns) {
    Column made;
    made.accumulator = make_accumulator(column);
    const std::size_t alignment = made.accumulator->state_alignment();
    states_size = (states_size + alignment - 1) / alignment * alignment;
    made.offset = states_size;
    states_size += made.accumulator->state_size();
    made.parts = column.shape.parts.size();
    parts += made.parts;
    made.joint = column.shape.parts.front().merge == Merge::joint;
    for (const PartColumn& part : column.shape.parts) {
      CHECK((part.merge == Merge::joint) == made.joint,
            "a column's parts are merged all in SQL or all in C++");
    }
    columns.push_back(std::move(made));
  }
  if (spec.window) key_types.push_back(Type::timestamp);
  for (const GroupKeySpec& key : spec.group_by) key_types.push_back(key.type);
}

std::byte* GroupLayout::make_group(std::string_view key, Arena& arena) const {
  const auto size = static_cast<std::uint32_t>(key.size());
  std::byte* group = arena.allocate(states_size + sizeof size + key.size());
  for (const Column& column : columns) column.accumulator->init(group + column.offset);
  std::memcpy(group + states_size, &size, sizeof size);
  if (size > 0) std::memcpy(group + states_size + sizeof size, key.data(), size);
  return group;
}

}  // namespace tallymill
