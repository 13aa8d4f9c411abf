#pragma once

// A problem in a configuration: where it is and what to do about it. All problems of all files are
// reported at once.

#include <cstdint>
#include <string>
#include <vector>

namespace tallymill {

// A place in a file; lines and columns count from 1, columns in characters. Line 0: the file as a whole.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;

  friend auto operator<=>(const Place&, const Place&) = default;
};

struct Problem {
  enum class Severity : std::uint8_t { error, warning };

  Place place;
  std::string message;      // One sentence; what is wrong and what would be right.
  std::string source_line;  // The line or the part around the place, secrets redacted; may be empty.
  int caret = 0;            // Column of source_line that the caret goes under; 0: no caret.
  Severity severity = Severity::error;
};

// "file:3:7: error: message", the line, and a caret under the column.
[[nodiscard]] std::string render(const Problem& problem);
// Sorted by place, one after the other, with a count at the end.
[[nodiscard]] std::string render(const std::vector<Problem>& problems);

[[nodiscard]] bool has_errors(const std::vector<Problem>& problems);

}  // namespace tallymill
