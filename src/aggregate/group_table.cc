#include "aggregate/group_table.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "aggregate/make_accumulator.h"
#include "base/hash.h"
#include "model/key.h"

namespace tallymill {
namespace {

// What is the same for all tables of one aggregation. A group's memory is the states of its columns
// one after the other, then the size of its key, then the key.
struct Layout {
  std::vector<std::unique_ptr<Accumulator>> columns;
  std::vector<std::size_t> offsets;  // Of each column's state.
  std::size_t states_size = 0;
  std::vector<std::size_t> part_counts;
  std::vector<bool> joint;  // Per column: merged in C++.
  std::vector<Type> key_types;

  explicit Layout(const AggregationSpec& spec) {
    for (const ColumnSpec& column : spec.columns) {
      columns.push_back(make_accumulator(column.aggregate->name, column.argument_type));
      offsets.push_back(states_size);
      states_size += columns.back()->state_size();
      part_counts.push_back(column.shape.parts.size());
      joint.push_back(column.shape.parts.front().merge == Merge::joint);
    }
    if (spec.window) key_types.push_back(Type::timestamp);
    for (const GroupKeySpec& key : spec.group_by) key_types.push_back(key.type);
  }

  [[nodiscard]] std::string_view key_of(const std::byte* group) const {
    std::uint32_t size = 0;
    std::memcpy(&size, group + states_size, sizeof size);
    return {reinterpret_cast<const char*>(group + states_size + sizeof size), size};
  }
};

struct Slot {
  std::uint64_t hash = 0;
  std::byte* group = nullptr;  // Null: free.
};

}  // namespace

struct GroupTable::State {
  std::shared_ptr<const Layout> layout;
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
  const auto size = static_cast<std::uint32_t>(key.size());
  std::byte* group = arena.allocate(layout->states_size + sizeof size + key.size());
  for (std::size_t i = 0; i < layout->columns.size(); ++i) {
    layout->columns[i]->init(group + layout->offsets[i]);
  }
  std::memcpy(group + layout->states_size, &size, sizeof size);
  if (size > 0) std::memcpy(group + layout->states_size + sizeof size, key.data(), size);
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

namespace {

// The groups of a finished table in key order.
class TableRows final : public Rows {
 public:
  TableRows(std::shared_ptr<const Layout> layout, Arena arena, std::vector<const std::byte*> groups)
      : layout_(std::move(layout)), arena_(std::move(arena)), groups_(std::move(groups)) {}

  std::size_t size() const override { return groups_.size(); }

  void read(std::size_t row, std::vector<Value>& cells) const override {
    cells.clear();
    read_key(layout_->key_of(groups_[row]), layout_->key_types, cells);
    for (std::size_t i = 0; i < layout_->columns.size(); ++i) {
      layout_->columns[i]->emit(groups_[row] + layout_->offsets[i], cells);
    }
  }

  Result<void> merge_stored(std::size_t row, std::span<const Value> stored,
                            std::vector<Value>& parts) const override {
    parts.clear();
    for (std::size_t i = 0; i < layout_->columns.size(); ++i) {
      const auto own = stored.subspan(0, layout_->part_counts[i]);
      stored = stored.subspan(own.size());
      const std::byte* state = groups_[row] + layout_->offsets[i];
      if (layout_->joint[i]) {
        TRY(layout_->columns[i]->merge_stored(state, own, parts));
      } else {
        // SQL merges these; what it is given is the batch's own contribution.
        layout_->columns[i]->emit(state, parts);
      }
    }
    return {};
  }

  std::size_t memory_bytes() const override {
    return arena_.memory_bytes() + groups_.size() * sizeof(groups_[0]);
  }

 private:
  std::shared_ptr<const Layout> layout_;
  Arena arena_;  // Holds the groups.
  std::vector<const std::byte*> groups_;
};

// Sorts by the first bytes as a number and looks at the rest of the keys only where those agree.
std::vector<const std::byte*> in_key_order(const Layout& layout, const std::vector<Slot>& slots,
                                           std::size_t count) {
  struct Entry {
    std::uint64_t prefix;
    const std::byte* group;
  };
  std::vector<Entry> entries;
  entries.reserve(count);
  for (const Slot& slot : slots) {
    if (slot.group == nullptr) continue;
    const std::string_view key = layout.key_of(slot.group);
    std::uint64_t prefix = 0;
    for (std::size_t i = 0; i < sizeof prefix; ++i) {
      prefix = (prefix << 8) | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0U);
    }
    entries.push_back({prefix, slot.group});
  }
  std::sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    return layout.key_of(a.group) < layout.key_of(b.group);
  });
  std::vector<const std::byte*> groups;
  groups.reserve(count);
  for (const Entry& entry : entries) groups.push_back(entry.group);
  return groups;
}

}  // namespace

GroupTable::GroupTable(const AggregationSpec& spec) : state_(std::make_unique<State>()) {
  state_->layout = std::make_shared<const Layout>(spec);
}
GroupTable::~GroupTable() = default;
GroupTable::GroupTable(GroupTable&&) noexcept = default;
GroupTable& GroupTable::operator=(GroupTable&&) noexcept = default;

void GroupTable::fold(std::string_view key, std::span<const Value> arguments,
                      const Coordinates& from) {
  const Layout& layout = *state_->layout;
  std::byte* group = state_->find_or_add(key, hash_bytes(key));
  for (std::size_t i = 0; i < layout.columns.size(); ++i) {
    layout.columns[i]->update(group + layout.offsets[i], arguments[i], from, state_->arena);
  }
}

void GroupTable::merge(GroupTable&& other) {
  const Layout& layout = *state_->layout;
  for (const Slot& slot : other.state_->slots) {
    if (slot.group == nullptr) continue;
    std::byte* group = state_->find_or_add(layout.key_of(slot.group), slot.hash);
    for (std::size_t i = 0; i < layout.columns.size(); ++i) {
      layout.columns[i]->merge(group + layout.offsets[i], slot.group + layout.offsets[i],
                               state_->arena);
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
  State& state = *table.state_;
  auto groups = in_key_order(*state.layout, state.slots, state.groups);
  std::vector<Slot>().swap(state.slots);
  return std::make_shared<TableRows>(state.layout, std::move(state.arena), std::move(groups));
}

}  // namespace tallymill
