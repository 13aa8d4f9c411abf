#include "daemon/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

namespace tallymill {
namespace {

constexpr std::size_t usual_rows = 24;
constexpr const char* clear = "\x1b[2J";
constexpr const char* home = "\x1b[H";
constexpr const char* clear_to_end_of_line = "\x1b[K";
constexpr const char* clear_below = "\x1b[J";
// A line that is too long is cut by the terminal, so that it takes one row.
constexpr const char* no_wrap = "\x1b[?7l";
constexpr const char* wrap = "\x1b[?7h";

std::size_t rows_of(std::FILE* stream) {
  winsize size{};
  if (::ioctl(::fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return usual_rows;
  return size.ws_row;
}

}  // namespace

void Screen::draw(std::string_view text) {
  const std::string whole = (drawn_ ? "" : clear) + frame(text, rows_of(stream_));
  drawn_ = true;
  std::fputs(whole.c_str(), stream_);
}

std::string frame(std::string_view text, std::size_t rows) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  // The cursor's own row below, and one for what is said of the rest.
  const std::size_t room = std::max<std::size_t>(rows, 3) - 1;
  const bool all = lines.size() <= room;
  const std::size_t shown = all ? lines.size() : room - 1;
  std::string whole = std::string(home) + no_wrap;
  for (std::size_t i = 0; i < shown; ++i) whole.append(lines[i]).append(clear_to_end_of_line).append("\n");
  if (!all) {
    whole += "(" + std::to_string(lines.size() - shown) + " more lines; a taller terminal shows them)";
    whole.append(clear_to_end_of_line).append("\n");
  }
  return whole + clear_below + wrap;
}

}  // namespace tallymill
