#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tallymill {

// The parts with `between` between each two: "a, b, c".
[[nodiscard]] inline std::string joined(const std::vector<std::string>& parts,
                                        std::string_view between = ", ") {
  std::string text;
  for (const std::string& part : parts) {
    if (&part != &parts.front()) text += between;
    text += part;
  }
  return text;
}

}  // namespace tallymill
