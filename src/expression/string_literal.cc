#include <algorithm>
#include <cstdint>
#include <optional>

#include "expression/lexer.h"
#include "expression/utf8.h"

namespace tallymill::expression {
namespace {

std::optional<std::uint32_t> digit_value(char c, std::uint32_t base) {
  std::uint32_t value = base;
  if (c >= '0' && c <= '9') value = static_cast<std::uint32_t>(c - '0');
  if (c >= 'a' && c <= 'f') value = static_cast<std::uint32_t>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') value = static_cast<std::uint32_t>(c - 'A') + 10;
  if (value >= base) return std::nullopt;
  return value;
}

std::optional<char> simple_escape(char c) {
  switch (c) {
    case 'a': return '\a';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    case '\\': case '?': case '"': case '\'': case '`': return c;
    default: return std::nullopt;
  }
}

// Appends what the escape at `position` (its backslash) stands for and moves behind it.
std::optional<Problem> read_escape(std::string_view text, std::size_t& position, std::string& out) {
  std::size_t begin = position;
  auto problem = [&](std::string message) {
    return Problem{{begin, std::min(position + 1, text.size())}, std::move(message)};
  };
  ++position;
  if (position == text.size()) return problem("the text ends after a backslash");
  char c = text[position];
  if (auto simple = simple_escape(c)) {
    out += *simple;
    ++position;
    return std::nullopt;
  }
  std::size_t digits = 0;
  std::uint32_t base = 16;
  if (c == 'x' || c == 'X') digits = 2;
  if (c == 'u') digits = 4;
  if (c == 'U') digits = 8;
  if (c >= '0' && c <= '3') {
    digits = 3;
    base = 8;
  }
  if (digits == 0)
    return problem("there is no such escape; a backslash itself is written \\\\, or the string as "
                   "r\"...\"");
  if (base == 16) ++position;
  std::uint32_t code_point = 0;
  for (std::size_t i = 0; i < digits; ++i, ++position) {
    auto digit = position < text.size() ? digit_value(text[position], base) : std::nullopt;
    if (!digit)
      return problem("this escape has " + std::to_string(digits) +
                     (base == 8 ? " octal digits" : " hexadecimal digits"));
    if (code_point > 0x10FFFF) break;
    code_point = code_point * base + *digit;
  }
  if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF))
    return problem("this is no Unicode character");
  if (code_point == 0) return problem("a string cannot hold the character NUL: Postgres cannot");
  append_utf8(out, code_point);
  return std::nullopt;
}

}  // namespace

std::variant<std::string, Problem> read_string_literal(std::string_view text,
                                                       std::size_t& position) {
  std::size_t begin = position;
  bool raw = text[position] == 'r' || text[position] == 'R';
  if (raw) ++position;
  std::string_view quote = text.substr(position, 1);
  std::string three(3, quote[0]);
  bool long_form = text.substr(position, 3) == three;
  if (long_form) quote = text.substr(position, 3);
  position += quote.size();

  std::string out;
  while (position < text.size()) {
    if (text.substr(position, quote.size()) == quote) {
      position += quote.size();
      return out;
    }
    char c = text[position];
    if (!long_form && (c == '\n' || c == '\r'))
      return Problem{{begin, position}, "the string is not closed on its line"};
    if (c == '\\' && !raw) {
      if (auto problem = read_escape(text, position, out)) return *problem;
      continue;
    }
    out += c;
    ++position;
  }
  return Problem{{begin, text.size()}, "the string is not closed; " + std::string(quote) +
                                           " is missing at its end"};
}

}  // namespace tallymill::expression
