#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tallymill::reference {

// `text` in backticks. REQUIRES: it holds none.
[[nodiscard]] std::string code(std::string_view text);

// Builds one Markdown text that can be read as it is on a terminal: lines are wrapped, code is not torn
// apart, tables are aligned.
class Markdown {
 public:
  Markdown& heading(int level, std::string_view text);
  Markdown& paragraph(std::string_view text);
  // Items that follow each other are one list. `depth` 1 is below the item before.
  Markdown& item(std::string_view text, int depth = 0);
  // `language` may be empty. `text` ends with a line end.
  Markdown& block(std::string_view language, std::string_view text);
  // The first row is the header. Cells without line ends.
  Markdown& table(const std::vector<std::vector<std::string>>& rows);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  enum class Last { nothing, item, other };
  void begin(Last what);

  std::string text_;
  Last last_ = Last::nothing;
};

}  // namespace tallymill::reference
