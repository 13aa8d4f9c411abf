#include "aggregate/table_rows.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "model/key.h"

namespace tallymill {
namespace {

class TableRows final : public Rows {
 public:
  TableRows(std::shared_ptr<const GroupLayout> layout, Arena arena, std::vector<Slot> groups)
      : layout_(std::move(layout)), arena_(std::move(arena)), groups_(std::move(groups)) {}

  [[nodiscard]] std::size_t size() const override { return groups_.size(); }

  void read(std::size_t row, std::vector<Value>& cells) const override {
    const std::byte* group = groups_[row].group;
    cells.clear();
    read_key(layout_->key_of(group), layout_->key_types, cells);
    for (const GroupLayout::Column& column : layout_->columns) {
      column.accumulator->emit(group + column.offset, cells);
    }
  }

  [[nodiscard]] Result<void> merge_stored(std::size_t row, std::span<const Value> stored,
                                          std::vector<Value>& parts) const override {
    CHECK(stored.size() == layout_->parts, "a stored row is handed in with all its parts");
    const std::byte* group = groups_[row].group;
    parts.clear();
    for (std::size_t i = 0; i < layout_->columns.size(); ++i) {
      const GroupLayout::Column& column = layout_->columns[i];
      const std::span<const Value> own = stored.first(column.parts);
      stored = stored.subspan(column.parts);
      if (!column.joint) {
        // SQL merges these; what it is given is the batch's own contribution.
        column.accumulator->emit(group + column.offset, parts);
        continue;
      }
      const auto merged = column.accumulator->merge_stored(group + column.offset, own, parts);
      if (!merged.ok()) return merged.error().within("column " + name_of(i));
    }
    return {};
  }

  [[nodiscard]] std::size_t memory_bytes() const override {
    return arena_.memory_bytes() + groups_.capacity() * sizeof(Slot);
  }

 private:
  [[nodiscard]] std::string name_of(std::size_t column) const {
    const AggregationSpec& spec = layout_->spec;
    return spec.plan.schema + "." + spec.plan.table + "." + spec.columns[column].name;
  }

  std::shared_ptr<const GroupLayout> layout_;
  Arena arena_;  // Holds the groups.
  std::vector<Slot> groups_;
};

// How many bytes all keys begin with: the tag of the first column, most of a window's start.
std::size_t common_prefix(const GroupLayout& layout, const std::vector<Slot>& groups) {
  if (groups.empty()) return 0;
  std::string_view common = layout.key_of(groups.front().group);
  for (const Slot& slot : groups) {
    const std::string_view key = layout.key_of(slot.group);
    const std::size_t most = std::min(common.size(), key.size());
    std::size_t same = 0;
    while (same < most && key[same] == common[same]) ++same;
    common = common.substr(0, same);
  }
  return common.size();
}

// Up to eight bytes from `start` on as a number that orders as they do.
std::uint64_t number_at(std::string_view key, std::size_t start) {
  std::uint64_t number = 0;
  for (std::size_t i = start; i < start + sizeof number; ++i) {
    number = (number << 8) | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0U);
  }
  return number;
}

}  // namespace

std::shared_ptr<const Rows> make_rows(std::shared_ptr<const GroupLayout> layout, Arena arena,
                                      std::vector<Slot> slots) {
  std::erase_if(slots, [](const Slot& slot) { return slot.group == nullptr; });
  const std::size_t common = common_prefix(*layout, slots);
  for (Slot& slot : slots) slot.hash = number_at(layout->key_of(slot.group), common);
  std::sort(slots.begin(), slots.end(), [&](const Slot& a, const Slot& b) {
    if (a.hash != b.hash) return a.hash < b.hash;
    return layout->key_of(a.group) < layout->key_of(b.group);
  });
  return std::make_shared<TableRows>(std::move(layout), std::move(arena), std::move(slots));
}

}  // namespace tallymill
