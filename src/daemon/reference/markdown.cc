#include "daemon/reference/markdown.h"

#include <algorithm>
#include <cctype>

namespace tallymill::reference {
namespace {

constexpr std::size_t width = 100;

// Characters as a terminal shows them; what we print is no wider than its code points.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// A word at the start of a line must not be taken for an item, a heading or a number.
bool could_start_a_block(std::string_view word) {
  return word == "-" || word == "+" || word == "*" || word.starts_with('#') || word.starts_with('>') ||
         (std::isdigit(static_cast<unsigned char>(word[0])) != 0 && word.ends_with('.'));
}

// Words with code and the text of links among them whole.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  bool in_code = false;
  bool in_link = false;
  for (const char c : text) {
    if (c == '`') in_code = !in_code;
    if (!in_code && (c == '[' || c == ']')) in_link = c == '[';
    if (c != ' ' || in_code || in_link) {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

// Outside of code, what would be taken for HTML.
std::string escaped(std::string_view text) {
  std::string result;
  bool in_code = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '`') in_code = !in_code;
    const bool is_tag = text[i] == '<' && i + 1 < text.size() &&
                        std::isalpha(static_cast<unsigned char>(text[i + 1])) != 0;
    if (is_tag && !in_code) result += '\\';
    result += text[i];
  }
  return result;
}

std::string wrapped(std::string_view text, std::string_view first, std::string_view indent) {
  std::string result(first);
  std::size_t column = first.size();
  bool at_start = true;
  for (const std::string& word : words_of(escaped(text))) {
    const bool fits = column + 1 + columns(word) <= width;
    if (!at_start && !fits && !could_start_a_block(word)) {
      result += "\n" + std::string(indent);
      column = indent.size();
      at_start = true;
    }
    if (!at_start) {
      result += ' ';
      ++column;
    }
    result += word;
    column += columns(word);
    at_start = false;
  }
  return result + "\n";
}

std::string cell(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '|') result += '\\';
    result += c;
  }
  return result;
}

}  // namespace

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

void Markdown::begin(Last what) {
  const bool goes_on = what == Last::item && last_ == Last::item;
  if (last_ != Last::nothing && !goes_on) text_ += "\n";
  last_ = what;
}

Markdown& Markdown::heading(int level, std::string_view text) {
  begin(Last::other);
  text_ += std::string(static_cast<std::size_t>(level), '#') + " " + std::string(text) + "\n";
  return *this;
}

Markdown& Markdown::paragraph(std::string_view text) {
  begin(Last::other);
  text_ += wrapped(text, "", "");
  return *this;
}

Markdown& Markdown::item(std::string_view text, int depth) {
  begin(Last::item);
  const std::string indent(static_cast<std::size_t>(2 * depth), ' ');
  text_ += wrapped(text, indent + "- ", indent + "  ");
  return *this;
}

Markdown& Markdown::block(std::string_view language, std::string_view text) {
  begin(Last::other);
  text_ += "```" + std::string(language) + "\n" + std::string(text) + "```\n";
  return *this;
}

Markdown& Markdown::table(const std::vector<std::vector<std::string>>& rows) {
  begin(Last::other);
  std::vector<std::size_t> widths(rows.front().size(), 3);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns(cell(row[i])));
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      const std::string text = cell(rows[r][i]);
      text_ += "| " + text + std::string(widths[i] - columns(text) + 1, ' ');
    }
    text_ += "|\n";
    if (r > 0) continue;
    for (const std::size_t dashes : widths) text_ += "|" + std::string(dashes + 2, '-');
    text_ += "|\n";
  }
  return *this;
}

}  // namespace tallymill::reference
