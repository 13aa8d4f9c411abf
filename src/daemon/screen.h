#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace tallymill {

// Text that is drawn in one place of a terminal again and again, without flicker. Between drawings the
// terminal is as any other program expects it, so the process may end there without a word.
class Screen {
 public:
  explicit Screen(std::FILE* stream) : stream_(stream) {}

  // Replaces what was drawn before. Lines for which there is no room are left out, and counted.
  void draw(std::string_view text);

 private:
  std::FILE* stream_;
  bool drawn_ = false;
};

// What `draw` writes on a terminal of so many rows.
[[nodiscard]] std::string frame(std::string_view text, std::size_t rows);

}  // namespace tallymill
