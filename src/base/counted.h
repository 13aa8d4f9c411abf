#pragma once

#include <string>
#include <string_view>

namespace tallymill {

// "1 row", "3 rows"; `many` where an s does not make the plural.
template <class Number>
[[nodiscard]] std::string counted(Number count, std::string_view one, std::string_view many = {}) {
  std::string text = std::to_string(count) + " ";
  if (count == 1) return text.append(one);
  return many.empty() ? text.append(one) + "s" : text.append(many);
}

}  // namespace tallymill
