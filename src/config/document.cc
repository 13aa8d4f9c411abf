#include "config/document.h"

#include <algorithm>
#include <iterator>

#include "base/secret.h"

namespace tallymill {
namespace {

constexpr std::size_t max_before = 80;  // Characters of a long line shown on either side.
constexpr std::size_t max_after = 60;

bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

}  // namespace

Document::Document(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)), line_begins_{0} {
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_begins_.push_back(i + 1);
  }
}

std::size_t Document::line_begin(std::size_t offset) const {
  return *std::prev(std::upper_bound(line_begins_.begin(), line_begins_.end(), offset));
}

std::string_view Document::line(std::size_t offset) const {
  const std::size_t begin = line_begin(offset);
  std::string_view line = std::string_view(text_).substr(begin);
  line = line.substr(0, line.find('\n'));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

Place Document::place(std::size_t offset) const {
  const auto after = std::upper_bound(line_begins_.begin(), line_begins_.end(), offset);
  const std::size_t begin = *std::prev(after);
  const auto characters = std::count_if(text_.begin() + static_cast<std::ptrdiff_t>(begin),
                                        text_.begin() + static_cast<std::ptrdiff_t>(offset),
                                        starts_character);
  return {name_, static_cast<int>(after - line_begins_.begin()), static_cast<int>(characters) + 1};
}

Document::Excerpt Document::excerpt(std::size_t offset) const {
  struct Piece {
    std::string text;
    std::size_t width;  // In characters.
  };
  const std::size_t begin = line_begin(offset);
  const std::size_t end = begin + line(offset).size();
  // Where to start, so that a line as long as the file costs no more than what is shown of it.
  std::size_t from = offset > begin + 4 * max_before ? offset - 4 * max_before : begin;
  while (from > begin && !starts_character(text_[from])) --from;
  std::vector<std::pair<std::size_t, std::size_t>> hidden;  // There may be very many elsewhere.
  std::copy_if(redacted_.begin(), redacted_.end(), std::back_inserter(hidden),
               [from, end](const auto& range) { return range.first < end && range.second > from; });
  std::vector<Piece> pieces;  // Of the line: characters, and redacted parts.
  std::size_t at = 0;         // The piece that holds `offset`.
  for (std::size_t i = from; i < end && pieces.size() <= 5 * max_before; ++i) {
    const auto hides = [i](const auto& range) { return range.first <= i && i < range.second; };
    const auto redaction = std::find_if(hidden.begin(), hidden.end(), hides);
    if (i == offset) at = pieces.size();
    if (redaction != hidden.end()) {
      const std::string_view stars = Secret::redacted();
      pieces.push_back({std::string(stars), stars.size()});
      if (i < offset && offset < redaction->second) at = pieces.size() - 1;
      i = std::min(end, redaction->second) - 1;
    } else if (starts_character(text_[i]) || pieces.empty()) {
      pieces.push_back({std::string(1, text_[i] == '\t' ? ' ' : text_[i]), 1});
    } else {
      pieces.back().text += text_[i];
    }
  }
  if (offset >= end) at = pieces.size();

  const std::size_t first = at > max_before ? at - max_before : 0;
  const bool is_cut = first > 0 || from > begin;
  const std::size_t last = std::min(pieces.size(), at + max_after);
  Excerpt excerpt{is_cut ? "..." : "", is_cut ? 4 : 1};
  for (std::size_t i = first; i < last; ++i) {
    excerpt.text += pieces[i].text;
    if (i < at) excerpt.caret += static_cast<int>(pieces[i].width);
  }
  if (last < pieces.size()) excerpt.text += "...";
  return excerpt;
}

}  // namespace tallymill
