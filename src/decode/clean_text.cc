#include "decode/clean_text.h"

#include <algorithm>
#include <string>

#include "expression/utf8.h"

namespace tallymill {
namespace {

Error malformed(std::size_t line, const char* why) {
  return {Reaction::stop, "lookup_malformed", "line " + std::to_string(line) + ": " + why};
}

std::size_t line_at(std::string_view text, std::size_t position) {
  return 1 + static_cast<std::size_t>(
                 std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(position), '\n'));
}

// The first line that is no UTF-8. REQUIRES: there is one.
std::size_t broken_line(std::string_view text) {
  for (std::size_t begin = 0;;) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (end == text.size() || !expression::is_valid_utf8(text.substr(begin, end - begin))) {
      return line_at(text, begin);
    }
    begin = end + 1;
  }
}

constexpr const char* nul_refused = "there is a NUL character, which Postgres cannot store";

}  // namespace

Result<void> check_text(std::string_view text) {
  if (!expression::is_valid_utf8(text)) {
    return malformed(broken_line(text), "not valid UTF-8");
  }
  const std::size_t nul = text.find('\0');
  if (nul != std::string_view::npos) return malformed(line_at(text, nul), nul_refused);
  return {};
}

Result<void> check_cells(const TableText& table) {
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    for (const std::string& cell : table.rows[row]) {
      if (cell.find('\0') != std::string::npos) return malformed(table.lines[row], nul_refused);
    }
  }
  return {};
}

}  // namespace tallymill
