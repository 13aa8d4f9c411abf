#include "aggregate/group_table.h"

#include <algorithm>
#include <utility>

#include "aggregate/layout.h"
#include "aggregate/slot.h"
#include "aggregate/table_rows.h"
#include "base/hash.h"

namespace tallymill {

struct GroupTable::State {
  std::shared_ptr<const GroupLayout> layout;
  Arena arena;
  std::vector<Slot> slots;  // Open addressing, linear; a power of two, at most three quarters full.
  std::size_t groups = 0;

  std::byte* find_or_add(std::string_view key, std::uint64_t hash);
  void grow();
};

std::byte* GroupTable::State::find_or_add(std::string_view key, std::uint64_t hash) {
  if ((groups + 1) * 4 > slots.size() * 3) grow();
  const std::size_t mask = slots.size() - 1;
  std::size_t at = hash & mask;
  for (; slots[at].group != nullptr; at = (at + 1) & mask) {
    if (slots[at].hash == hash && layout->key_of(slots[at].group) == key) return slots[at].group;
  }
  std::byte* group = layout->make_group(key, arena);
  slots[at] = {hash, group};
  ++groups;
  return group;
}

void GroupTable::State::grow() {
  std::vector<Slot> larger(std::max<std::size_t>(16, slots.size() * 2));
  const std::size_t mask = larger.size() - 1;
  for (const Slot& slot : slots) {
    if (slot.group == nullptr) continue;
    std::size_t at = slot.hash & mask;
    while (larger[at].group != nullptr) at = (at + 1) & mask;
    larger[at] = slot;
  }
  slots = std::move(larger);
}

GroupTable::GroupTable(const AggregationSpec& spec) : state_(std::make_unique<State>()) {
  state_->layout = std::make_shared<const GroupLayout>(spec);
}
GroupTable::~GroupTable() = default;
GroupTable::GroupTable(GroupTable&&) noexcept = default;
GroupTable& GroupTable::operator=(GroupTable&&) noexcept = default;

void GroupTable::fold(std::string_view key, std::span<const Value> arguments,
                      const Coordinates& from) {
  std::byte* group = state_->find_or_add(key, hash_bytes(key));
  const Value* argument = arguments.data();
  for (const GroupLayout::Column& column : state_->layout->columns) {
    column.accumulator->update(group + column.offset, *argument++, from, state_->arena);
  }
}

void GroupTable::merge(GroupTable&& other) {
  const std::vector<Slot>& slots = other.state_->slots;
  // An odd stride visits every slot of a power of two once. In slot order the groups would arrive
  // sorted by hash, pile up in one stretch of this table, and take time in the square of it.
  constexpr std::size_t stride = 0x9e3779b97f4a7c15;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const Slot& slot = slots[(i * stride) & (slots.size() - 1)];
    if (slot.group == nullptr) continue;
    std::byte* group = state_->find_or_add(state_->layout->key_of(slot.group), slot.hash);
    for (const GroupLayout::Column& column : state_->layout->columns) {
      column.accumulator->merge(group + column.offset, slot.group + column.offset, state_->arena);
    }
  }
  auto emptied = std::make_unique<State>();
  emptied->layout = other.state_->layout;
  other.state_ = std::move(emptied);
}

std::size_t GroupTable::groups() const { return state_->groups; }

std::size_t GroupTable::memory_bytes() const {
  return state_->arena.memory_bytes() + state_->slots.size() * sizeof(Slot);
}

std::shared_ptr<const Rows> GroupTable::into_rows(GroupTable&& table) {
  const auto ended = std::move(table.state_);
  return make_rows(std::move(ended->layout), std::move(ended->arena), std::move(ended->slots));
}

}  // namespace tallymill
