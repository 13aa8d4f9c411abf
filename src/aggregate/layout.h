#pragma once

// Where everything of one group lies in memory: the same for all tables of one aggregation. The
// states of its columns one after the other, then the size of its key, then the key.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "aggregate/accumulator.h"
#include "aggregate/arena.h"
#include "config/spec.h"

namespace tallymill {

struct GroupLayout {
  struct Column {
    std::unique_ptr<Accumulator> accumulator;
    std::size_t offset = 0;  // Of its state in a group.
    std::size_t parts = 0;
    bool joint = false;      // Merged with the stored row in C++.
  };

  // `spec` must outlive it.
  explicit GroupLayout(const AggregationSpec& spec);

  // Allocates a group with untouched states.
  [[nodiscard]] std::byte* make_group(std::string_view key, Arena& arena) const;

  [[nodiscard]] std::string_view key_of(const std::byte* group) const {
    std::uint32_t size = 0;
    std::memcpy(&size, group + states_size, sizeof size);
    return {reinterpret_cast<const char*>(group + states_size + sizeof size), size};
  }

  const AggregationSpec& spec;
  std::vector<Column> columns;
  std::size_t states_size = 0;
  std::size_t parts = 0;  // Of all columns.
  std::vector<Type> key_types;
};

}  // namespace tallymill
