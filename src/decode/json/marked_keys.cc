#include "decode/json/marked_keys.h"

#include <algorithm>
#include <array>

namespace tallymill {
namespace {

using Key = KeyShape::Key;

// Objects of few keys by comparing pairs.
constexpr std::size_t few = 16;

}  // namespace

bool MarkedKeys::any_twice(std::span<Key> keys) const {
  if (!alike_) return false;
  if (keys.size() <= few) {
    for (auto a = keys.begin(); a != keys.end(); ++a) {
      for (auto b = a + 1; b != keys.end(); ++b) {
        if (a->name.size() == b->name.size() && a->name == b->name) return true;
      }
    }
    return false;
  }
  if (keys.size() <= KeyShape::most_keys) {
    std::array<std::string_view, KeyShape::most_keys> names;
    std::transform(keys.begin(), keys.end(), names.begin(), [](const Key& key) { return key.name; });
    const auto end = names.begin() + static_cast<std::ptrdiff_t>(keys.size());
    std::sort(names.begin(), end);
    return std::adjacent_find(names.begin(), end) != end;
  }
  // Nobody remembers their order.
  std::sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) { return a.name < b.name; });
  return std::adjacent_find(keys.begin(), keys.end(),
                            [](const Key& a, const Key& b) { return a.name == b.name; }) != keys.end();
}

}  // namespace tallymill
