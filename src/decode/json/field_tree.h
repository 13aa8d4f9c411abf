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
  std::size_t number = 0;  // Of this node: from 0, the root's, to size() - 1.

  // The root has no key.
  [[nodiscard]] static FieldTree build(const std::vector<Field>& fields);

  // The nodes of the tree, this one among them.
  [[nodiscard]] std::size_t size() const {
    std::size_t nodes = 1;
    for (const FieldTree& child : children) nodes += child.size();
    return nodes;
  }

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
