#include "daemon/terminal.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "base/printable.h"
#include "expression/utf8.h"

namespace tallymill {
namespace {

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

const char* code_of(Ink ink) {
  switch (ink) {
    case Ink::bold: return "\x1b[1m";
    case Ink::dim: return "\x1b[2m";
    case Ink::red: return "\x1b[31m";
    case Ink::green: return "\x1b[32m";
    case Ink::yellow: return "\x1b[33m";
    case Ink::plain: break;
  }
  return "";
}

std::string cut(const std::string& text, std::size_t widest) {
  if (widest == 0 || expression::count_code_points(text) <= widest) return text;
  std::size_t end = 0;
  for (std::size_t left = widest; end < text.size(); ++end) {
    if ((static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) continue;
    if (--left == 0) break;
  }
  return text.substr(0, end) + "\xE2\x80\xA6";  // An ellipsis.
}

}  // namespace

bool is_terminal(std::FILE* stream) { return ::isatty(::fileno(stream)) == 1; }

bool can_redraw(std::FILE* stream) {
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return is_terminal(stream) && !dumb;
}

bool wants_colour(std::FILE* stream) { return can_redraw(stream) && !is_set("NO_COLOR"); }

std::string short_duration(std::chrono::milliseconds duration) {
  const std::int64_t ms = std::max<std::int64_t>(duration.count(), 0);
  const std::int64_t seconds = ms / 1000;
  const std::int64_t minutes = seconds / 60;
  const std::int64_t hours = minutes / 60;
  const auto pair = [](std::int64_t large, const char* unit, std::int64_t small, const char* part) {
    return std::to_string(large) + " " + unit + " " + std::to_string(small) + " " + part;
  };
  if (ms < 1000) return std::to_string(ms) + " ms";
  if (seconds < 60) return std::to_string(seconds) + "." + std::to_string(ms % 1000 / 100) + " s";
  if (minutes < 60) return pair(minutes, "min", seconds % 60, "s");
  if (hours < 24) return pair(hours, "h", minutes % 60, "min");
  return pair(hours / 24, "d", hours % 24, "h");
}

std::string inked(std::string text, Ink ink, bool colour) {
  if (!colour || ink == Ink::plain) return text;
  return code_of(ink) + std::move(text) + "\x1b[0m";
}

void TextTable::add(std::vector<Cell> cells) {
  for (Cell& cell : cells) cell.text = printable(cell.text);
  rows_.push_back(std::move(cells));
}

std::string TextTable::render(bool colour, std::size_t widest, std::string_view indent) const {
  std::vector<std::vector<Cell>> lines(1);
  for (const Column& column : columns_) lines[0].push_back({column.title, Ink::bold});
  lines.insert(lines.end(), rows_.begin(), rows_.end());
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (std::vector<Cell>& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      line[i].text = cut(line[i].text, widest);
      widths[i] = std::max(widths[i], expression::count_code_points(line[i].text));
    }
  }
  std::string text;
  for (const std::vector<Cell>& line : lines) {
    text += indent;
    std::string pending;  // Spaces that only a further cell needs.
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::string spaces(widths[i] - expression::count_code_points(line[i].text), ' ');
      text += pending + (columns_[i].right ? spaces : "") + inked(line[i].text, line[i].ink, colour);
      pending = (columns_[i].right ? "" : spaces) + "  ";
    }
    text += '\n';
  }
  return text;
}

}  // namespace tallymill
