#pragma once

#include <bitset>
#include <span>
#include <string_view>

#include "decode/json/key_shape.h"

namespace tallymill {

// Whether a key stands twice in an object. Marks a small number for each, made of a few of its bytes: unless two
// have the same, none does, and nothing needs to be compared.
class MarkedKeys {
 public:
  void add(std::string_view key) {
    const std::size_t mark = mark_of(key);
    alike_ = alike_ || marks_.test(mark);
    marks_.set(mark);
  }

  // `keys` are those that were added. More than a KeyShape remembers are left in another order.
  [[nodiscard]] bool any_twice(std::span<KeyShape::Key> keys) const;

 private:
  [[nodiscard]] static std::size_t mark_of(std::string_view key) {
    if (key.size() < 2) return key.empty() ? 0 : static_cast<unsigned char>(key.front());
    const auto at = [key](std::size_t i) { return std::size_t{static_cast<unsigned char>(key[i])}; };
    const std::size_t last = key.size() - 1;
    return (key.size() + 3 * at(0) + 5 * at(last / 2) + 7 * at(last - 1) + 11 * at(last)) % 256;
  }

  std::bitset<256> marks_;
  bool alike_ = false;
};

}  // namespace tallymill
