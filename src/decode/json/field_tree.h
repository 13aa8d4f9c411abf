#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/field.h"

namespace tallymill {

// The fields of a pipeline as a tree of keys: what to look for in each object on the way.
struct FieldTree {
  std::string key;
  std::optional<FieldIndex> field;  // Nothing: only a part of the way to others.
  std::vector<FieldTree> children;

  // The root has no key.
  [[nodiscard]] static FieldTree build(const std::vector<Field>& fields);

  // Position among the children, or children.size(). Looks first at `expected`: producers write
  // their keys in one order, so the child behind the last one found is nearly always the next.
  [[nodiscard]] std::size_t find(std::string_view name, std::size_t expected) const {
    const std::size_t count = children.size();
    for (std::size_t i = 0; i < count; ++i) {
      std::size_t at = expected + i;
      if (at >= count) at -= count;
      if (children[at].key == name) return at;
    }
    return count;
  }
};

}  // namespace tallymill
