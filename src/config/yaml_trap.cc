#include "config/yaml_trap.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "config/redaction.h"
#include "config/secret_looks.h"

namespace tallymill {
namespace {

// A key's value as it stands on one line, comment included.
struct LineValue {
  std::size_t offset = 0;  // In the document.
  std::string_view text;
  bool in_flow = false;    // Behind a bracket that is still open.
};

bool is_key_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
}

// What stands behind "key: " or "- " at the start of the line. Behind a { or [ the value of the
// last key before `offset`.
std::optional<LineValue> value_on_line(const Document& document, std::size_t offset) {
  const std::size_t begin = document.line_begin(offset);
  const std::string_view line = document.line(offset);
  std::size_t at = 0;
  const auto skip_spaces = [&] {
    while (at < line.size() && line[at] == ' ') ++at;
  };
  skip_spaces();
  while (at + 1 < line.size() && line[at] == '-' && line[at + 1] == ' ') {
    at += 2;
    skip_spaces();
  }
  std::size_t key_end = at;
  while (key_end < line.size() && is_key_character(line[key_end])) ++key_end;
  if (key_end > at && line.substr(key_end, 2) == ": ") {
    at = key_end + 2;
    skip_spaces();
  } else if (line.substr(0, at).find('-') == std::string_view::npos &&
             line.substr(at).find_first_of("\"'`!@%&*") != 0) {
    return std::nullopt;  // Neither behind a key nor an element: a value that goes on.
  }
  if (at >= line.size()) return std::nullopt;
  if (line[at] != '{' && line[at] != '[') return LineValue{begin + at, line.substr(at), false};

  // The last "key: " or element before the error, quotes not looked into.
  const std::size_t until = std::min(offset - begin, line.size());
  std::size_t value = at + 1;
  int open = 0;  // Parentheses: a comma in them belongs to a call.
  for (std::size_t i = at; i + 1 < until; ++i) {
    if (line[i] == '(') ++open;
    if (line[i] == ')') open = std::max(open - 1, 0);
    const bool after_key = line[i] == ':' && line[i + 1] == ' ' && i > 0 && is_key_character(line[i - 1]);
    if (after_key || (line[i] == ',' && open == 0)) value = i + 1;
    if (after_key) open = 0;
  }
  while (value < line.size() && line[value] == ' ') ++value;
  if (value >= line.size()) return std::nullopt;
  return LineValue{begin + value, line.substr(value), true};
}

// Where the quoted scalar that starts the text ends; npos if it does not.
std::size_t end_of_quoted(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[0] == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == text[0]) {
      if (text[0] == '\'' && i + 1 < text.size() && text[i + 1] == '\'') {
        ++i;
      } else {
        return i + 1;
      }
    }
  }
  return std::string_view::npos;
}

// Without the comment at its end, as far as one can tell, and without spaces.
std::string_view trimmed(std::string_view text) {
  bool in_quotes = false;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '"' || text[i] == '\'') in_quotes = !in_quotes;
    if (!in_quotes && text[i] == ' ' && text[i + 1] == '#') text = text.substr(0, i);
  }
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Behind a bracket: up to the comma or bracket that ends the value, however nested.
std::string_view flow_value(std::string_view text) {
  int open = 0;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '(' || c == '[' || c == '{') {
      ++open;
    } else if (c == ')' || c == ']' || c == '}') {
      if (--open < 0) return trimmed(text.substr(0, i));
    } else if (c == ',' && open == 0) {
      return trimmed(text.substr(0, i));
    }
  }
  return trimmed(text);
}

constexpr std::array<std::pair<char, std::string_view>, 6> indicators = {{
    {'`', "a value cannot start with ` in YAML"},
    {'@', "a value cannot start with @ in YAML"},
    {'%', "a value cannot start with % in YAML"},
    {'&', "a value that starts with & is an anchor in YAML"},
    {'*', "a value that starts with * is an alias in YAML"},
    {'!', "a value that starts with ! is a tag in YAML"},
}};

constexpr std::string_view cut_in_flow =
    "brackets, quotes and commas end a value between { } or [ ] in YAML";

// What YAML takes the value for; empty if it is no trap that we know.
std::string_view diagnosis(const LineValue& value, std::string_view text) {
  for (const auto& [indicator, what] : indicators) {
    if (text[0] == indicator) return what;
  }
  if (text[0] == '"' || text[0] == '\'') {
    const std::size_t end = end_of_quoted(text);
    if (end != std::string_view::npos && end < text.size()) {
      return "a value that starts with a quote ends at the next one in YAML";
    }
    return {};
  }
  if (text.find(" ? ") != std::string_view::npos) {
    return "\"a ? b : c\" holds a colon and a space, which make a mapping in YAML";
  }
  if (text.find("${") != std::string_view::npos && value.in_flow) {
    return "${...} needs quotes between { } or [ ] in YAML";
  }
  if (value.in_flow && text.find_first_of("[]{},\"") != std::string_view::npos &&
      is_key_character(text[0])) {
    return cut_in_flow;
  }
  if (!value.in_flow && text.find(": ") != std::string_view::npos) {
    return "a colon and a space make a mapping in YAML";
  }
  return {};
}

constexpr const char* space_missing = "a space is missing behind this key's colon";
constexpr const char* use_quotes = "; put the whole of it in quotes";

std::string advice(std::string_view what, std::string_view text, Spot spot) {
  std::string message = std::string(what) + use_quotes;
  const bool is_shown = !holds_secret(text) && !may_be_secret(*spot.document, spot.offset);
  if (is_shown) message += ": " + quoted(text);
  return message;
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string result = "'";
  for (char c : text) {
    result += c;
    if (c == '\'') result += c;
  }
  return result + "'";
}

bool lacks_space_behind_colon(std::string_view text) {
  const auto end = static_cast<std::size_t>(
      std::find_if_not(text.begin(), text.end(), is_key_character) - text.begin());
  return end > 0 && end + 1 < text.size() && text[end] == ':' && text[end + 1] != ' ' &&
         text[end + 1] != '/' && text.find(": ") == std::string_view::npos;
}

std::optional<YamlTrap> find_yaml_trap(const Document& document, std::size_t offset) {
  for (int tries = 0; tries < 2; ++tries) {
    if (const auto value = value_on_line(document, offset)) {
      const std::string_view text =
          value->in_flow ? flow_value(value->text) : trimmed(value->text);
      if (value->in_flow && lacks_space_behind_colon(text)) {
        return YamlTrap{{&document, value->offset}, space_missing};
      }
      const std::string_view what = text.empty() ? std::string_view{} : diagnosis(*value, text);
      if (!what.empty()) {
        const Spot spot{&document, value->offset};
        return YamlTrap{spot, advice(what, text, spot)};
      }
    }
    const std::size_t begin = document.line_begin(offset);
    const std::string_view line = document.line(offset);
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    if (lacks_space_behind_colon(line.substr(indent))) {
      return YamlTrap{{&document, begin + indent}, space_missing};
    }
    if (begin == 0) break;
    offset = begin - 1;
  }
  return std::nullopt;
}

std::string tag_message(const Document& document, std::size_t offset) {
  const std::size_t column = offset - document.line_begin(offset);
  const std::string_view line = document.line(offset);
  const bool in_flow = line.substr(0, column).find_first_of("[{") != std::string_view::npos;
  const std::string_view rest = line.substr(std::min(column, line.size()));
  const std::string_view text = in_flow ? flow_value(rest) : trimmed(rest);
  if (text.substr(0, 2) == "!!") return "tags such as !! are not used here; remove it";
  return advice("a value that starts with ! is a tag in YAML", text, {&document, offset});
}

std::optional<CutValue> find_cut_value(const Document& document, std::size_t begin,
                                       std::string_view value) {
  const std::string_view line = document.line(begin);
  const std::string_view rest = line.substr(std::min(begin - document.line_begin(begin), line.size()));
  const std::size_t next = rest.find_first_not_of(' ', value.size());
  if (rest.substr(0, value.size()) != value || next == std::string_view::npos || rest[next] != ',') {
    return std::nullopt;
  }
  const std::string_view whole = flow_value(rest);
  const auto of = [whole](char c) { return std::count(whole.begin(), whole.end(), c); };
  if (whole.size() <= value.size() || of('(') != of(')')) return std::nullopt;
  return CutValue{begin + whole.size(), std::string(cut_in_flow) + use_quotes + ": " + quoted(whole)};
}

std::string comment_hint(const Document& document, std::size_t begin, std::string_view value) {
  const std::size_t end = begin + value.size();
  if (end > document.text().size() || document.text().substr(begin, value.size()) != value) return "";
  const std::string_view line = document.line(begin);
  std::string_view rest = line.substr(std::min(end - document.line_begin(begin), line.size()));
  const std::size_t first = rest.find_first_not_of(' ');
  if (first == std::string_view::npos || first == 0 || rest[first] != '#') return "";
  return "YAML takes what follows \" #\" for a comment; if it belongs to the expression, put the "
         "whole of it in quotes: " + quoted(std::string(value) + std::string(rest));
}

}  // namespace tallymill
